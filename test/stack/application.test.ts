import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { startReminderApp } from '../../src/local/demo/reminder-app-process.ts';
import { startTraffic, type Traffic } from '../../src/local/demo/traffic.ts';
import { reminderAppWorkloads } from '../../src/local/demo/workloads.ts';
import { production } from '../../src/local/stack/environments.ts';
import type { Parameters } from '../../src/local/template/deployed-stack.ts';
import { runKeyturn } from '../cli/run-keyturn.ts';
import { refusedRotation } from './refused-rotation.ts';
import { startRig, type Rig } from './support.ts';

/** Of the values in the application, in ms. A rotation takes several, as it does in production. */
const ttlMs = 500;

/** From one rotation to the next, in ms: sessions of a TTL are good for longer than two of them. */
const pace = 1_500;

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

/** The stack, the example application, and its visitors. Every query logs in anew. */
async function underLoad({ grace = '1s', parameters = {}, ttl = ttlMs }: Load = {}) {
  const rig = await startRig({ grace, parameters });
  endings.push(() => rig.stop());
  const { stack } = rig;
  const variables = { DB_POOL_MAX_USES: '1' };
  const app = await startReminderApp({ stack, ttlMs: ttl, variables });
  endings.push(() => app.stop());
  const { TWILIO_ACCOUNT_SID: accountSid } = await rig.read();
  const { twilio } = stack;
  const traffic = startTraffic(
    reminderAppWorkloads({ url: app.url, twilio, accountSid, idleMs: ttlMs }),
  );
  endings.push(() => traffic.stop());
  await setTimeout(ttlMs);
  return { rig, traffic };
}

interface Load {
  readonly grace?: string;
  readonly parameters?: Parameters;
  readonly ttl?: number;
}

async function expectNothingFailed(traffic: Traffic): Promise<void> {
  await setTimeout(pace);
  expect(traffic.failures()).toEqual([]);
  for (const key of ['SECRET_KEY', 'DB_PASSWORD', 'TWILIO_AUTH_TOKEN']) {
    expect(traffic.counts()[key]).toMatchObject({ failed: 0 });
    expect(traffic.counts()[key]?.served).toBeGreaterThan(5);
  }
}

const labelled = ({ stack }: Rig, label: string) =>
  stack.secretsManager.inspect(production.secretName, label)?.versionId;

/** Until what the last rotation superseded was revoked. */
const retired = (rig: Rig) =>
  expect
    .poll(() => labelled(rig, 'KEYTURN_RETIRED'), { timeout: 20_000 })
    .toBe(labelled(rig, 'AWSPREVIOUS'));

const [noDatabase, noTwilio] = [{ DbInstance: '' }, { RotateTwilio: 'false' }];

describe.each<[strategy: string, parameters: Parameters]>([
  ['random-key', { ...noDatabase, ...noTwilio }],
  ['rds-master-password, of an instance', noTwilio],
  [
    'rds-master-password, of a cluster',
    { DbCluster: production.dbInstance, ...noDatabase, ...noTwilio },
  ],
  ['twilio-auth-token', noDatabase],
  ['every key at once', {}],
])('ten rotations under load: %s', (_strategy, parameters) => {
  test(
    'no request of the example application fails (F-5, F-11, F-12)',
    { timeout: 120_000 },
    async () => {
      const { rig, traffic } = await underLoad({ parameters });

      for (let number = 1; number <= 10; number += 1) {
        const { outcome } = await rig.rotate();
        expect(outcome).toBe('RotationSucceeded');
        if (parameters['RotateTwilio'] !== 'false') await retired(rig);
        await setTimeout(pace);
      }

      await expectNothingFailed(traffic);
    },
  );
});

test(
  'an application that would not read again for minutes is not behind (F-11)',
  { timeout: 60_000 },
  async () => {
    const { rig, traffic } = await underLoad({ ttl: 300_000 });

    expect((await rig.rotate()).outcome).toBe('RotationSucceeded');
    await retired(rig);

    await expectNothingFailed(traffic);
  },
);

test(
  'a rotation that fails in its switch gap, and is undone, fails no request (F-5)',
  { timeout: 60_000 },
  async () => {
    const { rig, traffic } = await underLoad();
    const before = await rig.read();

    const { code } = await refusedRotation(rig, { grace: '1s', refuse: mayNotMoveLabel });
    expect(code).toBe('ACCESS_DENIED');
    const switches = rig.stack.rds.calls.filter(({ action }) => action === 'ModifyDBInstance');
    // There and back.
    expect(switches).toHaveLength(2);
    expect(await rig.read()).toEqual(before);
    await expectNothingFailed(traffic);

    expect((await rig.rotate()).outcome).toBe('RotationSucceeded');
    await expectNothingFailed(traffic);
  },
);

test(
  'a rotation that is taken back by hand fails no request (F-19)',
  { timeout: 60_000 },
  async () => {
    const { rig, traffic } = await underLoad({ grace: '1h' });
    const before = await rig.read();
    expect((await rig.rotate()).outcome).toBe('RotationSucceeded');
    await setTimeout(pace);

    const { exitCode } = await runKeyturn(rig.stack, 'rollback', production.secretName, '--yes');

    expect(exitCode).toBe(0);
    expect(await rig.read()).toEqual(before);
    await expectNothingFailed(traffic);
  },
);

/** What AWS answers where AWSCURRENT may not be moved: the rotation is undone after its switch. */
const mayNotMoveLabel = (body: string) =>
  body.includes('"AWSCURRENT"') && body.includes('MoveToVersionId')
    ? Response.json(
        { __type: 'AccessDeniedException', Message: 'It is not allowed.' },
        { status: 400 },
      )
    : undefined;
