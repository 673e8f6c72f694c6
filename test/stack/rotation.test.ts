import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { production } from '../../src/local/stack/environments.ts';
import {
  accepted,
  failedSteps,
  isWrite,
  startRig,
  works,
  type Rig,
  type Values,
} from './support.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ grace: '1s' });
});
afterAll(() => rig.stop());
beforeEach(() => {
  rig.lines.length = 0;
  rig.events.length = 0;
});

const superseded = () =>
  rig.stack.secretsManager.inspect(production.secretName, 'AWSPREVIOUS')?.stages ?? [];

/** The end of a grace, which the scheduler brings about by itself. */
const graceEnd = () =>
  vi.waitFor(() => expect(superseded()).toContain('KEYTURN_RETIRED'), {
    timeout: 8_000,
    interval: 50,
  });

const tokens = ({ TWILIO_ACCOUNT_SID: sid }: Values) => ({
  primary: rig.stack.twilio.primaryOf(sid),
  secondary: rig.stack.twilio.secondaryOf(sid),
});

test('before the first rotation a trial runs testSecret alone, passes, and changes nothing', async () => {
  const before = await rig.read();

  const { outcome } = await rig.rotate({ RotateImmediately: false });

  expect(outcome).toBe('TestRotationSucceeded');
  expect(rig.events.flatMap(({ type, step }) => (type === 'StepStarted' ? [step] : []))).toEqual([
    'testSecret',
  ]);
  expect(await rig.read()).toEqual(before);
  expect(tokens(before)).toEqual({ primary: before.TWILIO_AUTH_TOKEN, secondary: undefined });
});

test('three rotations in a row, each with one label move and the end of its grace (F-10, F-11)', async () => {
  for (let n = 0; n < 3; n++) {
    const before = await rig.read();

    const { outcome, calls } = await rig.rotate();

    const after = await rig.read();
    expect(outcome).toBe('RotationSucceeded');
    expect(calls.length).toBeLessThanOrEqual(11);
    expect(calls.filter(isWrite).map(({ operation }) => operation)).toEqual([
      'PutSecretValue',
      'UpdateSecretVersionStage',
    ]);
    expect(await accepted(rig.stack, after)).toEqual(works);
    expect(await accepted(rig.stack, before)).toEqual({ database: false, twilio: true });
    expect(after.SECRET_KEY_FALLBACKS?.[0]).toBe(before.SECRET_KEY);
    expect(after.TWILIO_ACCOUNT_SID).toBe(before.TWILIO_ACCOUNT_SID);

    await graceEnd();
    expect(tokens(after)).toEqual({ primary: after.TWILIO_AUTH_TOKEN, secondary: undefined });
    expect(await accepted(rig.stack, after)).toEqual(works);
  }
}, 30_000);

test('a second RotateSecret is refused while the first is under way', async () => {
  await rig.begin();

  await expect(rig.begin()).rejects.toMatchObject({
    name: 'InvalidRequestException',
    message: expect.stringContaining("A previous rotation isn't complete"),
  });

  await rig.stack.secretsManager.idle();
  expect(rig.events.at(-1)?.type).toBe('RotationSucceeded');
});

describe('a step that fails is tried again with the same token, and then succeeds', () => {
  // With nothing owed Twilio is asked once in each step, and once for the new token.
  test.each([
    { what: 'Twilio cannot be reached', nth: 1, fault: 'unavailable', step: 'createSecret' },
    { what: 'Twilio asks to slow down', nth: 2, fault: 'rate-limited', step: 'createSecret' },
    {
      what: 'the answer with the token is lost',
      nth: 2,
      fault: 'answer-lost',
      step: 'createSecret',
    },
    { what: 'an answer is lost', nth: 3, fault: 'answer-lost', step: 'setSecret' },
    { what: 'a proxy breaks down', nth: 4, fault: 'unavailable', step: 'testSecret' },
    { what: 'Twilio is too busy', nth: 5, fault: 'rate-limited', step: 'finishSecret' },
  ] as const)('$what in $step', async ({ nth, fault, step }) => {
    await graceEnd();
    let calls = 0;
    rig.stack.twilio.behaviour.fault = () => (++calls === nth ? fault : undefined);

    const { outcome } = await rig.rotate();
    rig.stack.twilio.behaviour.fault = () => undefined;

    expect(failedSteps(rig)).toEqual([`${step} 1`]);
    expect(new Set(rig.events.map(({ versionId }) => versionId)).size).toBe(1);
    expect(outcome).toBe('RotationSucceeded');
    expect(await accepted(rig.stack, await rig.read())).toEqual(works);
  });
});

describe('whatever Secrets Manager does that is not documented', () => {
  test.each([
    { what: 'it leaves AWSPENDING where it is', change: { pendingAfterSuccess: 'kept' } },
    { what: 'it takes AWSPENDING off', change: { pendingAfterSuccess: 'removed' } },
    { what: 'it sends no RotationToken', change: { sendRotationToken: false } },
    { what: 'its reads by label lag', change: { labelReadLagMs: 1_000 } },
    { what: 'it takes a repeated label move', change: { repeatedLabelMove: 'accepted' } },
  ] as const)('rotates where $what (F-9, F-10)', async ({ change }) => {
    const { behaviour } = rig.stack.secretsManager;
    const usual = { ...behaviour };
    await graceEnd();
    Object.assign(behaviour, change);

    const { outcome, calls } = await rig.rotate();
    Object.assign(behaviour, usual);

    expect(outcome).toBe('RotationSucceeded');
    expect(calls.length).toBeLessThanOrEqual(11);
    expect(await accepted(rig.stack, await rig.read())).toEqual(works);
  });

  test('a rotation that reads a label too late is taken back, and the next one succeeds (F-9)', async () => {
    const { behaviour } = rig.stack.secretsManager;
    await rig.rotate();
    const published = await rig.read();
    behaviour.labelReadLagMs = 5_000;

    const { outcome } = await rig.rotate();
    behaviour.labelReadLagMs = 0;

    expect(outcome).toBe('RotationFailed');
    expect(new Set(rig.codes())).toEqual(new Set(['CURRENT_REJECTED']));
    expect(await rig.read()).toEqual(published);
    expect(await accepted(rig.stack, published)).toEqual(works);
    expect((await rig.rotate()).outcome).toBe('RotationSucceeded');
  });
});

describe('a database whose password was changed by hand', () => {
  test('is said so before anything changes, and the rotation goes on once it is mended (F-1, F-18)', async () => {
    const before = await rig.read();
    const tokensBefore = tokens(before);
    await rig.stack.postgres.setPassword(production.dbUser, 'changed-by-hand');
    rig.stack.secretsManager.behaviour.retryAttempts = 0;

    const { outcome, calls } = await rig.rotate();

    expect(outcome).toBe('RotationFailed');
    expect(failedSteps(rig)).toEqual(['createSecret 1']);
    expect(new Set(rig.codes())).toEqual(new Set(['CURRENT_REJECTED']));
    expect(calls.filter(isWrite)).toEqual([]);
    expect(await rig.read()).toEqual(before);
    expect(tokens(before)).toEqual(tokensBefore);

    await rig.stack.postgres.setPassword(production.dbUser, before.DB_PASSWORD);
    await expect(rig.begin()).rejects.toMatchObject({ name: 'InvalidRequestException' });
    await rig.stack.secretsManager.idle();
    expect(rig.events.at(-1)?.type).toBe('RotationSucceeded');
    expect(await accepted(rig.stack, await rig.read())).toEqual(works);
  });
});
