import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { production } from '../../src/local/stack/environments.ts';
import { runKeyturn } from '../cli/run-keyturn.ts';
import { accepted, startRig, works, type Rig, type Values } from './support.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ grace: '1h' });
});
afterAll(() => rig.stop());

const keyturn = (...args: string[]) => runKeyturn(rig.stack, ...args);
const rollback = () => keyturn('rollback', production.secretName, '--yes', '--json');

const labelsOf = (label: string) => rig.stack.secretsManager.inspect(production.secretName, label);

/** A run of the reconcile function that is booked for later, right now. */
async function runBooked(purpose: string): Promise<void> {
  const { versionId = '' } = labelsOf('AWSCURRENT') ?? {};
  const booked = rig.stack.scheduler
    .schedules()
    .filter(({ Name }) => Name.startsWith(`keyturn-${purpose}-`))
    .find(({ Target }) => Target.Input?.includes(`"current":"${versionId}"`));
  const lambda = new LambdaClient(rig.stack.clientConfig);
  const { FunctionError } = await lambda.send(
    new InvokeCommand({
      FunctionName: production.reconcileArn,
      Payload: booked?.Target.Input ?? '',
    }),
  );
  lambda.destroy();
  expect({ booked: booked !== undefined, FunctionError }).toEqual({ booked: true });
}

const tokens = ({ TWILIO_ACCOUNT_SID: sid }: Values) => ({
  primary: rig.stack.twilio.primaryOf(sid),
  secondary: rig.stack.twilio.secondaryOf(sid),
});

test('rolled back within the grace, settled, rotated again; refused after the grace (F-19)', async () => {
  const before = await rig.read();
  const { outcome } = await rig.rotate();
  const undone = await rig.read();
  expect(outcome).toBe('RotationSucceeded');

  const first = await rollback();
  expect(first.exitCode).toBe(0);
  expect(JSON.parse(first.stdout)).toMatchObject({
    secret: production.secretName,
    outcome: 'rolled-back',
    from: labelsOf('KEYTURN_UNDONE')?.versionId,
    to: labelsOf('AWSCURRENT')?.versionId,
    switchGapMs: expect.any(Number),
  });
  expect(await rig.read()).toEqual(before);
  expect(await accepted(rig.stack, before)).toEqual(works);
  expect(await accepted(rig.stack, undone)).toEqual({ database: false, twilio: true });

  const second = await rollback();
  expect(JSON.parse(second.stdout)).toMatchObject({ outcome: 'already-rolled-back' });
  expect(await rig.read()).toEqual(before);

  await runBooked('undone');
  expect(await accepted(rig.stack, undone)).toEqual({ database: false, twilio: false });
  expect(tokens(before)).toEqual({ primary: before.TWILIO_AUTH_TOKEN, secondary: undefined });

  expect((await rig.rotate()).outcome).toBe('RotationSucceeded');
  const again = await rig.read();
  expect(again.SECRET_KEY_FALLBACKS).toEqual([before.SECRET_KEY, undone.SECRET_KEY]);
  expect(await accepted(rig.stack, again)).toEqual(works);

  await runBooked('retire');
  expect(labelsOf('AWSPREVIOUS')?.stages).toContain('KEYTURN_RETIRED');
  const refused = await rollback();
  expect(refused.exitCode).toBe(1);
  expect(JSON.parse(refused.stdout)).toMatchObject({
    outcome: 'failed',
    code: 'ROLLBACK_REFUSED',
  });
  expect(refused.stderr).toContain('their grace is over');
  expect(await rig.read()).toEqual(again);
  expect(await accepted(rig.stack, again)).toEqual(works);
  expect((await rig.rotate()).outcome).toBe('RotationSucceeded');
}, 60_000);
