import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Credential } from '../../../src/rotation/rotator.ts';
import { stillPending } from '../../support/calling.ts';
import { attempt, must } from '../../support/contract/invoke.ts';
import { expectTold } from '../../support/expect-told.ts';
import { Gate } from '../../support/gate.ts';
import { buildRds, type Ground, type RdsRequest, startGround } from '../../support/rds-system.ts';
import { publish } from '../../rotation/support/another-version.ts';
import { failureOf, startWorld } from '../../rotation/support/world.ts';

let ground: Ground;

beforeAll(async () => {
  ground = await startGround();
});
afterAll(() => ground.close());

/** A database for one test, and the verbs on it. */
async function start(request: RdsRequest = {}) {
  const system = await buildRds(ground, request);
  onTestFinished(() => system.close());
  const { current } = system;
  const next = { ...current, DB_PASSWORD: 'the-password-that-comes-next' };
  return {
    system,
    ...system,
    next,
    check: (gate?: Gate) =>
      attempt(system, (rotator, call) => rotator.check({ ...call, current }), gate),
    change: (gate?: Gate, to: Credential = next, from: Credential = current) =>
      attempt(system, async (rotator, call) => rotator.switch?.({ ...call, to, from }), gate),
    probe: (credential: Credential = current) =>
      must(system, (rotator, call) => rotator.probe({ ...call, credential })),
    passwordsSet: () => system.rds.calls.filter(({ changesPassword }) => changesPassword).length,
  };
}

describe('a database that is unsuitable', () => {
  const secretArn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:rds';
  const pendingChanges = { DBInstanceClass: 'db.r6g.large' };

  test.each<[string, RdsRequest, RegExp]>([
    ['managed by RDS', { seed: { masterUserSecret: { secretArn } } }, /ManageMasterUserPassword/],
    [
      'a cluster managed by RDS',
      { kind: 'cluster', seed: { masterUserSecret: { secretArn } } },
      /ManageMasterUserPassword/,
    ],
    ['a member of a cluster', { seed: { clusterIdentifier: 'Reminders' } }, /cluster reminders/],
    [
      'a cluster with other changes waiting',
      { kind: 'cluster', seed: { pendingChanges: { EngineVersion: '17.1' } } },
      /EngineVersion/,
    ],
    ['of another master user', { seed: { masterUsername: 'admin' } }, /DB_USER.*"admin"/],
    ['Oracle with verify: login', { seed: { engine: 'oracle-ee' } }, /verify: 'describe'/],
    ['SQL Server with verify: login', { seed: { engine: 'sqlserver-se' } }, /verify: 'describe'/],
  ])('is refused for good: %s', async (_, request, words) => {
    const { check, change, passwordsSet } = await start(request);

    for (const { error } of [await check(), await change()]) {
      expect(expectTold(error).code).toBe('INSTANCE_UNSUITABLE');
      expect(error?.message).toMatch(words);
    }
    expect(passwordsSet()).toBe(0);
  });

  test('an instance with other changes waiting is suitable: they stay where they are', async () => {
    const { check, change } = await start({ seed: { pendingChanges } });

    expect((await check()).error).toBeUndefined();
    expect((await change()).error).toBeUndefined();
  });

  test.each(['stopped', 'backing-up', 'creating', 'failed'])(
    'is waited for while it is %s',
    async (status) => {
      const { check, database, change, passwordsSet } = await start();
      database.status = status;

      for (const { error } of [await check(), await change()]) {
        expect(expectTold(error, { code: 'INSTANCE_BUSY' }).message).toContain(status);
      }
      expect(passwordsSet()).toBe(0);
    },
  );

  test('is told from one that is not there', async () => {
    const gone = await start({ options: { instance: 'no-such-database' } });

    expect(expectTold((await gone.check()).error).code).toBe('INSTANCE_NOT_FOUND');
  });

  test('is told from one whose password was changed by somebody else', async () => {
    const { check, database } = await start();
    await database.applyMasterPassword('somebody-else-was-here');

    expect(expectTold((await check()).error).code).toBe('CURRENT_REJECTED');
  });

  test('a database that is authenticated by IAM refuses at the switch, and stays as it is', async () => {
    const { change, system } = await start({
      seed: { masterUserAuthenticationType: 'iam-db-auth' },
    });

    expect(expectTold((await change()).error).code).toBe('INSTANCE_UNSUITABLE');
    expect(await system.works(system.current)).toBe(true);
  });
});

describe('the switch', () => {
  test('waits for the login although the status reads available all along (F-8)', async () => {
    const { change, system, next } = await start({
      behaviour: { showStatus: false, resetMs: 120 },
    });

    expect((await change()).error).toBeUndefined();

    expect(await system.works(next)).toBe(true);
    expect(await system.works(system.current)).toBe(false);
  });

  test('returns when the password is in force, before RDS has settled', async () => {
    const { change, database } = await start({ behaviour: { settleMs: 2_000 } });

    expect((await change()).error).toBeUndefined();
    expect(database.password).toBe('changing');
  });

  test.each(['login', 'describe'])(
    'gives a reset that never comes up (%s) (F-8)',
    async (verify) => {
      const { change, system } = await start({
        behaviour: { failReset: true, resetMs: verify === 'login' ? 20 : 5_000 },
        options: { verify, switchTimeout: '3s' },
      });

      const { error } = await change();

      expect(expectTold(error, { code: 'SWITCH_UNFINISHED' }).retryable).toBe(true);
      expect(await system.works(system.current)).toBe(true);
    },
  );

  test('takes no longer than its budget, an earlier reset that must be awaited included', async () => {
    const { change, database } = await start({
      behaviour: { failReset: true, secondPassword: 'replace' },
      options: { switchTimeout: '8s' },
    });
    database.password = 'changing';
    setTimeout(() => (database.password = 'settled'), 600);
    const started = performance.now();

    expect(expectTold((await change()).error).code).toBe('SWITCH_UNFINISHED');

    // The rotator's clock runs ten times as fast: 8 s of its budget are 800 ms.
    expect(performance.now() - started).toBeLessThan(1_200);
  });

  test('waits out an earlier reset to another password, and then has its own way', async () => {
    const { change, system, next, current } = await start({ behaviour: { statusDelayMs: 60 } });
    const gate = new Gate({ at: 5, fault: 'dies-after' });
    await change(gate);
    expect(gate.calls[4]).toContain('rds');
    expect(await system.works(current)).toBe(true);

    const back = await change(undefined, current, next);
    await system.settled();

    expect(back.error).toBeUndefined();
    expect(await system.works(current)).toBe(true);
    expect(await system.works(next)).toBe(false);
  });

  test('survives logins that get no answer while it waits', async () => {
    for (const at of [6, 7, 8]) {
      const { change, system, next } = await start({ behaviour: { resetMs: 60 } });
      const gate = new Gate({ at, fault: 'never-sent' });

      const { error } = await change(gate);

      expect(error).toBeUndefined();
      expect(gate.calls[at - 1]).toBe('postgres');
      expect(await system.works(next)).toBe(true);
    }
  });

  test('of a cluster is applied at once, where that must be asked for', async () => {
    const { change, rds, system, next } = await start({
      kind: 'cluster',
      behaviour: { clusterNeedsApplyImmediately: true },
    });

    expect((await change()).error).toBeUndefined();
    expect(await system.works(next)).toBe(true);
    expect(rds.calls.find(({ changesPassword }) => changesPassword)).toMatchObject({
      action: 'ModifyDBCluster',
      applyImmediately: true,
    });
  });

  test('reaches its end by the client’s own retries after the answer of RDS was lost', async () => {
    const { change, system, next } = await start({ maxAttempts: 3 });
    const gate = new Gate({ at: 5, fault: 'answer-lost' });

    const { error } = await change(gate);
    expect(gate.wasReached).toBe(true);
    expect(error?.retryable ?? true).toBe(true);
    await system.settled();

    expect((await change()).error).toBeUndefined();
    expect(await system.works(next)).toBe(true);
  });
});

describe("with verify: 'describe'", () => {
  const describing = { options: { verify: 'describe' } };

  test('gives no verdict on any password, and logs in to nothing', async () => {
    const { probe, database, check, next } = await start(describing);
    database.endpoint = undefined;

    expect(await probe()).toBe('unknown');
    expect(await probe(next)).toBe('unknown');
    expect((await check()).error).toBeUndefined();
  });

  test('switches by what RDS reports, on engines without a login too', async () => {
    const { change, system, next } = await start({ ...describing, seed: { engine: 'db2-se' } });

    expect((await change()).error).toBeUndefined();

    expect(await system.works(next)).toBe(true);
    expect(await system.works(system.current)).toBe(false);
  });

  test('has seen the reset begin before it believes that it ended', async () => {
    const { change, database, rds, passwordsSet } = await start({
      options: { verify: 'describe', switchTimeout: '3s' },
    });
    // An RDS that answers the call and then shows nothing of it.
    Object.defineProperty(database, 'password', { get: () => 'settled', set() {} });
    rds.behaviour.showStatus = false;

    expect(expectTold((await change()).error).code).toBe('SWITCH_UNFINISHED');
    expect(passwordsSet()).toBe(1);
  });

  test('survives questions that get no answer while it waits', async () => {
    for (const at of [3, 4]) {
      const { change, system, next } = await start({ ...describing, behaviour: { resetMs: 60 } });
      const gate = new Gate({ at, fault: 'answer-lost' });

      const { error } = await change(gate);

      expect(error).toBeUndefined();
      expect(gate.wasReached).toBe(true);
      expect(await system.works(next)).toBe(true);
    }
  });

  test('may run twice and at once', async () => {
    const { change, system, next } = await start(describing);

    const outcomes = await Promise.all([change(), change()]);
    expect(outcomes.every(({ error }) => error?.retryable ?? true)).toBe(true);
    await system.settled();

    expect((await change()).error).toBeUndefined();
    expect(await system.works(next)).toBe(true);
  });
});

describe('a version that names another user', () => {
  const otherUser = { DB_PASSWORD: 'the-password-of-another-user', DB_USER: 'app_a' };

  test.each(['login', 'describe'])('is not judged (%s)', async (verify) => {
    const { system } = await start({ options: { verify } });

    const { error } = await attempt(system, (rotator, call) =>
      rotator.probe({ ...call, credential: otherUser }),
    );

    expect(expectTold(error).code).toBe('INSTANCE_UNSUITABLE');
  });

  test('is neither installed nor switched to nor from', async () => {
    const { system, current, next, change, passwordsSet } = await start();

    const installed = await attempt(system, (rotator, call) =>
      rotator.install({ ...call, current, next: otherUser, stillPending }),
    );
    const outcomes = [
      installed,
      await change(undefined, otherUser),
      await change(undefined, next, otherUser),
    ];

    expect(outcomes.map(({ error }) => error?.code)).toEqual(
      outcomes.map(() => 'INSTANCE_UNSUITABLE'),
    );
    expect(passwordsSet()).toBe(0);
  });

  test('does not make a reconcile overwrite the password of the master', async () => {
    const { system, current, passwordsSet } = await start();
    const gate = new Gate();
    const rotator = await system.rotator(gate);
    const world = await startWorld({ text: JSON.stringify(current), rotators: () => [rotator] });
    await publish(world, JSON.stringify(otherUser));

    const { code } = await failureOf(world.reconcile());
    gate.close();

    expect(code).toBe('INSTANCE_UNSUITABLE');
    expect(passwordsSet()).toBe(0);
    expect(await system.works(current)).toBe(true);
  });

  test('is none where it names no user: the master is meant', async () => {
    const { system, check, probe } = await start();
    const { DB_PASSWORD = '' } = system.current;

    expect((await check()).error).toBeUndefined();
    expect(await probe({ DB_PASSWORD })).toBe('accepted');
  });
});
