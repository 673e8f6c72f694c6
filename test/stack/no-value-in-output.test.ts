import { Console } from 'node:console';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { realClock } from '../../src/local/clock.ts';
import { deploy, templateOf } from '../../src/local/stack/deployment.ts';
import { production, type LocalEnvironment } from '../../src/local/stack/environments.ts';
import { startStack, type Stack } from '../../src/local/stack/stack.ts';
import { RotationError } from '../../src/rotation/errors.ts';
import { steps } from '../rotation/support/world.ts';
import { leaksIn } from './leaks.ts';
import { createWitness, type Witness } from './witness.ts';

type Step = (typeof steps)[number];

const rotationToken = 'the-rotation-token-is-a-credential-too';

/** Characters that every encoding changes, in the one value whose alphabet is a person's choice. */
const firstSecretKey = 'first "secret" key/with+every=sort&of%character→ü';

const firstSecret = JSON.stringify({
  SECRET_KEY: firstSecretKey,
  DB_PASSWORD: "first password's $HOME \\ of the database",
  TWILIO_ACCOUNT_SID: 'AC0123456789abcdef0123456789abcdef',
  TWILIO_AUTH_TOKEN: 'fedcba9876543210fedcba9876543210',
});

let stack: Stack;
let witness: Witness;

beforeAll(async () => {
  witness = createWitness();
  stack = await startStack({
    clock: realClock,
    grace: '1h',
    secretText: firstSecret,
    onLog: witness.onLog,
    onJournal: witness.onJournal,
    onMetrics: witness.onMetrics,
  });
  Object.assign(stack.rds.behaviour, { statusDelayMs: 10, resetMs: 20, settleMs: 10 });
  await stack.postgres.query("ALTER ROLE ALL SET log_statement = 'all'");
  await stack.postgres.query("ALTER ROLE ALL SET log_min_messages = 'debug1'");
  stack.secretsManager.onEvent(witness.hear);
  stack.scheduler.onDelivery(witness.hear);
  witness.values.add(rotationToken);
  witness.look(stack);
});
afterAll(async () => {
  await stack.stop();
  witness.stop();
});

/** The functions of production, deployed anew, with ends that may lead nowhere. */
function functions(
  changes: { twilioUrl?: string; awsUrl?: string; environment?: Partial<LocalEnvironment> } = {},
) {
  const { twilioUrl, awsUrl } = { ...stack, ...changes };
  const environment = { ...production, ...changes.environment };
  const { onLog, onJournal, onMetrics } = witness;
  const heard = { onLog, onJournal, onMetrics };
  const template = templateOf(environment, '1h');
  return deploy({ environment, template, awsUrl, twilioUrl, clock: realClock, ...heard });
}

/** Invokes a function as its service does; answers the code it failed with, if it did. */
async function invoke(arn: string, event: unknown, changes?: Parameters<typeof functions>[0]) {
  try {
    await functions(changes).get(arn)?.(event);
    return 'passed';
  } catch (error) {
    witness.thrown(error);
    return error instanceof RotationError ? error.code : 'foreign';
  } finally {
    witness.look(stack);
  }
}

const stepEvent = (step: Step, token: string) => ({
  Step: step,
  SecretId: production.secretArn,
  ClientRequestToken: token,
  RotationToken: rotationToken,
});

const run = (step: Step, token: string, changes?: Parameters<typeof functions>[0]) =>
  invoke(production.rotateArn, stepEvent(step, token), changes);

const reconcile = (event: object = {}) =>
  invoke(production.reconcileArn, { secret: production.secretArn, ...event });

function begin(): string {
  const token = randomUUID();
  const { rotateArn: functionArn } = production;
  stack.secretsManager.beginRotation(production.secretArn, { token, functionArn });
  return token;
}

/** A rotation that has passed all steps before this one. */
async function before(step: Step): Promise<string> {
  const token = begin();
  for (const earlier of steps.slice(0, steps.indexOf(step))) {
    expect(await run(earlier, token)).toBe('passed');
  }
  return token;
}

async function finish(token: string, from: Step): Promise<void> {
  for (const step of steps.slice(steps.indexOf(from)))
    expect(await run(step, token)).toBe('passed');
}

const nowhere = 'http://127.0.0.1:9';

test.each([
  { form: 'as it is', text: firstSecretKey },
  { form: 'URL-encoded', text: encodeURIComponent(firstSecretKey) },
  { form: 'URL-encoded', text: encodeURIComponent(firstSecretKey).toLowerCase() },
  { form: 'form-encoded', text: new URLSearchParams({ k: firstSecretKey }).toString() },
  { form: 'JSON-escaped', text: JSON.stringify({ key: firstSecretKey }) },
  { form: 'JSON in JSON', text: JSON.stringify({ body: JSON.stringify({ key: firstSecretKey }) }) },
  ...[0, 1, 2].flatMap((offset) => {
    const around = Buffer.from(`${'x'.repeat(offset)}${firstSecretKey}, and more`);
    return [
      { form: `base64 at ${offset}`, text: around.toString('base64') },
      { form: `base64url at ${offset}`, text: around.toString('base64url') },
    ];
  }),
  {
    form: 'base64 at 0',
    text: `Basic ${Buffer.from(`AC:${firstSecretKey}`).toString('base64')}`,
  },
])('a planted value is found $form', ({ form, text }) => {
  const found = leaksIn(`before ${text} after`, [firstSecretKey]);
  expect(found.map((leak) => leak.form)).toContain(form);
});

describe('every way a rotation can go', () => {
  test('it succeeds, and what it superseded is revoked', async () => {
    const token = await before('finishSecret');
    await finish(token, 'finishSecret');
    const superseded = stack.secretsManager.inspect(production.secretName, 'AWSPREVIOUS');

    const pair = { current: token, superseded: superseded?.versionId };
    expect(await reconcile({ ...pair, keys: ['TWILIO_AUTH_TOKEN'] })).toBe('passed');
  });

  test.each(steps)('%s fails and is tried again', async (step) => {
    const token = await before(step);
    expect(await run(step, token, { twilioUrl: nowhere })).toBe('UNREACHABLE');
    expect(await run(step, token, { awsUrl: nowhere })).toBe('UNREACHABLE');
    for (const fault of ['unavailable', 'rate-limited', 'answer-lost'] as const) {
      stack.twilio.behaviour.fault = () => fault;
      expect(await run(step, token)).not.toBe('passed');
      stack.twilio.behaviour.fault = () => undefined;
    }
    await finish(token, step);
  });

  test.each(steps)('the database cannot be reached in %s', async (step) => {
    stack.rds.addInstance({
      identifier: 'out-of-reach',
      engine: 'postgres',
      masterUsername: production.dbUser,
      endpoint: { address: '127.0.0.1', port: 9 },
      applyMasterPassword: async () => undefined,
    });
    const token = await before(step);
    const environment = { dbInstance: 'out-of-reach' };
    const outcome = await run(step, token, { environment });
    expect(outcome).toBe('UNREACHABLE');
    await finish(token, step);
  });

  test.each(steps.filter((step) => step !== 'createSecret'))(
    'the new Twilio token is gone in %s: taken back',
    async (step) => {
      const token = await before(step);
      const { TWILIO_AUTH_TOKEN, TWILIO_ACCOUNT_SID } = currentValues();
      const authorization = `Basic ${btoa(`${TWILIO_ACCOUNT_SID}:${TWILIO_AUTH_TOKEN}`)}`;
      await fetch(`${stack.twilioUrl}/v1/AuthTokens/Secondary`, {
        method: 'DELETE',
        headers: { authorization },
      });

      expect(await run(step, token)).toBe('PENDING_REJECTED');
      expect(stack.secretsManager.inspect(production.secretName, 'AWSPENDING')).toBeUndefined();
    },
  );

  test.each(steps)('RDS knows no such database in %s: taken back', async (step) => {
    const token = await before(step);
    expect(await run(step, token, { environment: { dbInstance: 'nowhere' } })).toBe(
      'INSTANCE_NOT_FOUND',
    );
    if (step === 'createSecret') await finish(token, step);
  });

  test('the database’s password was changed by hand', async () => {
    const byHand = 'changed by "hand" / at + night';
    const { DB_PASSWORD } = currentValues();
    witness.values.add(byHand);
    const token = begin();
    await stack.postgres.setPassword(production.dbUser, byHand);

    expect(await run('createSecret', token)).toBe('CURRENT_REJECTED');
    expect(await reconcile()).toBe('CURRENT_REJECTED');

    await stack.postgres.setPassword(production.dbUser, DB_PASSWORD ?? '');
    await finish(token, 'createSecret');
  });

  test('a switch that never committed is healed', async () => {
    await before('finishSecret');
    const pending = stack.secretsManager.inspect(production.secretName, 'AWSPENDING')?.secretString;
    const { DB_PASSWORD }: Record<string, string> = JSON.parse(pending ?? '{}');
    await stack.postgres.setPassword(production.dbUser, DB_PASSWORD ?? '');

    expect(await reconcile()).toBe('passed');
  });

  test('a booked run is given up, and the daily run fails at it again', async () => {
    const token = await before('finishSecret');
    await finish(token, 'finishSecret');
    const superseded = stack.secretsManager.inspect(production.secretName, 'AWSPREVIOUS');
    const pair = { current: token, superseded: superseded?.versionId };
    const event = { secret: production.secretArn, ...pair, keys: ['TWILIO_AUTH_TOKEN'] };
    stack.twilio.behaviour.fault = () => 'unavailable';
    stack.lambda.behaviour.retryDelaysMs = [5, 5];

    await stack.lambda.asynchronous.get(production.reconcileArn)?.(event);

    const letters = () => stack.sqs.queues().flatMap(({ messages }) => messages);
    await vi.waitFor(() => expect(letters()).toHaveLength(1));
    expect(await reconcile()).toBe('UNREACHABLE');
    expect(letters()).toMatchObject([{ receives: 1 }]);
    stack.twilio.behaviour.fault = () => undefined;
  });

  test('a value that is no JSON, and an event that is none', async () => {
    expect(await invoke(production.rotateArn, { RotationToken: rotationToken })).toBe(
      'EVENT_INVALID',
    );
    expect(await reconcile({ keys: firstSecretKey })).toBe('EVENT_INVALID');
  });
});

test('none of it showed a value, in any form (F-17)', async () => {
  const output = await witness.everything(stack);

  expect(witness.values.size).toBeGreaterThan(40);
  expect(output.length).toBeGreaterThan(100_000);
  expect(output).toContain('ALTER ROLE');
  expect(output).toContain('{"Namespace":"Keyturn"');
  expect(leaksIn(output, witness.values)).toEqual([]);
});

test.each<{ way: string; leak: (value: string) => void }>([
  { way: 'standard output', leak: (value) => process.stdout.write(value) },
  { way: 'standard error', leak: (value) => process.stderr.write(Buffer.from(value)) },
  { way: 'the console', leak: (value) => new Console(process.stdout).info({ value }) },
  {
    way: 'the log of a function',
    leak: (value) => witness.onLog({}, { level: 'INFO', message: 'deep', at: { all: [value] } }),
  },
  {
    way: 'the journal',
    leak: (message) =>
      witness.onJournal({}, { kind: 'note', step: 'reconcile', note: 'undone', message }),
  },
  { way: 'the metrics', leak: (value) => witness.onMetrics({}, JSON.stringify({ Code: value })) },
  {
    way: 'the cause of an error',
    leak: (value) => witness.thrown(new Error('outer', { cause: new Error(value) })),
  },
  {
    way: 'what hangs on an error',
    leak: (value) => witness.thrown(Object.assign(new Error('x'), { config: { auth: [value] } })),
  },
  {
    way: 'the log of the database',
    leak: (value) => void stack.postgres.query(`SELECT '${value}'`),
  },
])('and it would have been found in $way', async ({ leak }) => {
  const planted = `planted-${randomUUID()}`;
  expect(leaksIn(await witness.everything(stack), [planted])).toEqual([]);

  leak(planted);

  await vi.waitFor(async () =>
    expect(leaksIn(await witness.everything(stack), [planted])).not.toEqual([]),
  );
});

function currentValues(): Record<string, string> {
  return JSON.parse(stack.secretsManager.inspect(production.secretName)?.secretString ?? '{}');
}
