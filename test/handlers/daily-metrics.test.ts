import {
  CancelRotateSecretCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { unreachable } from '../rotation/support/rotators.ts';
import { contextWith, secretArn } from './support/lambda.ts';
import { failure, measuring, metrics } from './support/measuring.ts';
import { functionArn } from './support/wired.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** Nothing to complain of. */
const wellKept = { RetirementOwed: 0, RotationEnabled: 1, RotationOverdue: 0 };
const done = { ReconcileDone: 1 };

type World = Awaited<ReturnType<typeof measuring>>;

/** Turns rotation on without rotating; no window opens before `days` have passed. */
async function scheduled(world: World, days = 30): Promise<void> {
  const { secretsManager } = world.wiring;
  await secretsManager.send(
    new RotateSecretCommand({
      SecretId: secretArn,
      RotationLambdaARN: functionArn,
      RotationRules: { ScheduleExpression: `rate(${days} days)`, Duration: '3h' },
      RotateImmediately: false,
    }),
  );
  await world.manager.idle();
}

/** A version that a rotation superseded, a grace ago. */
async function superseded(world: World): Promise<void> {
  await world.rotate();
  await world.clock.advance(hour);
}

test('the run of each day tells how old the current version is, and that all is well', async () => {
  const world = await measuring();
  await scheduled(world);
  await world.clock.advance(day + 499);

  expect(await world.reconcile()).toEqual({
    code: undefined,
    emitted: [metrics({ ...done, CurrentVersionAge: 86_400, ...wellKept })],
  });
});

test('a booked run tells nothing of it', async () => {
  const world = await measuring();
  const { versionId: current } = world.version('AWSCURRENT');

  expect((await world.reconcile({ current })).emitted).toEqual([metrics(done)]);
});

test('a secret that was never to be rotated: rotation is off, and nothing overdue', async () => {
  const world = await measuring();

  expect((await world.reconcile()).emitted).toEqual([
    metrics({ ...done, CurrentVersionAge: 0, ...wellKept, RotationEnabled: 0 }),
  ]);
});

test('rotation was switched off: it says so as long as it is (F-15)', async () => {
  const world = await measuring();
  await scheduled(world, 1);
  await world.wiring.secretsManager.send(new CancelRotateSecretCommand({ SecretId: secretArn }));
  await world.clock.advance(40 * day);

  expect((await world.reconcile()).emitted).toEqual([
    metrics({ ...done, CurrentVersionAge: 40 * 86_400, ...wellKept, RotationEnabled: 0 }),
  ]);
});

test.each([
  { when: 'until a window after the latest time for it', late: 3 * hour, overdue: 0 },
  { when: 'from then on', late: 3 * hour + 1, overdue: 1 },
])('a rotation that did not come is overdue $when: $overdue', async ({ late, overdue }) => {
  const world = await measuring();
  await scheduled(world, 10);
  // The window of the tenth day closes at three; what the stand-in invokes there rotates nothing.
  await world.clock.advance(10 * day + 3 * hour + late);

  const { emitted } = await world.reconcile();

  expect(emitted.at(-1)?.metrics).toMatchObject({ RotationOverdue: overdue });
});

describe('what a rotation superseded', () => {
  test('is owed nothing while its grace runs', async () => {
    const world = await measuring();
    await world.rotate();
    await world.clock.advance(hour - 1);

    expect((await world.reconcile()).emitted).toEqual([
      metrics({ ...done, CurrentVersionAge: 3_600, ...wellKept }),
    ]);
  });

  test('is retired by this very run, and so is owed nothing', async () => {
    const world = await measuring();
    await superseded(world);

    expect((await world.reconcile()).emitted).toEqual([
      metrics({ ...done, CurrentVersionAge: 3_600, ...wellKept }),
    ]);
  });

  test('is owed its end where the run could not bring it about', async () => {
    const world = await measuring();
    await superseded(world);
    world.timeline.before('api.remove', unreachable);

    expect(await world.reconcile()).toEqual({
      code: 'UNREACHABLE',
      emitted: [
        failure('ReconcileDelayed', 'UNREACHABLE'),
        metrics({ CurrentVersionAge: 3_600, ...wellKept, RetirementOwed: 1 }),
      ],
    });
  });

  test('is owed its end while another rotation is under way', async () => {
    const world = await measuring();
    await superseded(world);
    const token = world.begin();
    await store(world, token, JSON.stringify(world.version('AWSCURRENT').values), 'AWSPENDING');

    expect((await world.reconcile()).emitted).toEqual([
      failure('ReconcileDelayed', 'ROTATION_IN_PROGRESS'),
      metrics({ CurrentVersionAge: 3_600, ...wellKept, RetirementOwed: 1 }),
    ]);
  });

  test('is owed nothing where it is no object of keys', async () => {
    const world = await measuring();
    await store(world, 'a'.repeat(32), 'no object', 'AWSCURRENT');
    await store(
      world,
      'b'.repeat(32),
      JSON.stringify(world.version('AWSPREVIOUS').values),
      'AWSCURRENT',
    );
    await world.clock.advance(day);

    expect((await world.reconcile()).emitted).toEqual([
      metrics({ ...done, CurrentVersionAge: 86_400, ...wellKept, RotationEnabled: 0 }),
    ]);
  });
});

describe('where the run itself fails', () => {
  test('for good, all of it is told', async () => {
    const world = await measuring();
    await scheduled(world);
    world.db.drift('changed-by-hand');

    expect(await world.reconcile()).toEqual({
      code: 'CURRENT_REJECTED',
      emitted: [
        failure('ReconcileFailed', 'CURRENT_REJECTED'),
        metrics({ CurrentVersionAge: 0, ...wellKept }),
      ],
    });
  });

  test('since the secret holds no object, all of it is told', async () => {
    const world = await measuring();
    await store(world, 'a'.repeat(32), 'no object', 'AWSCURRENT');
    await world.clock.advance(day);

    expect((await world.reconcile()).emitted).toEqual([
      failure('ReconcileFailed', 'SECRET_NOT_JSON_OBJECT'),
      metrics({ CurrentVersionAge: 86_400, ...wellKept, RotationEnabled: 0, RetirementOwed: 1 }),
    ]);
  });

  test('since its time is up, what was seen before it is told', async () => {
    const world = await measuring();
    await scheduled(world);
    world.timeline.before('db.log-in', () => new Promise(() => undefined));

    expect(await world.reconcile({}, contextWith(5_200))).toEqual({
      code: 'NOT_ENOUGH_TIME',
      emitted: [
        failure('ReconcileDelayed', 'NOT_ENOUGH_TIME'),
        metrics({ CurrentVersionAge: 0, ...wellKept }),
      ],
    });
  });
});

describe('where the function may not read', () => {
  test.each([
    {
      what: 'values, what can be told without is told',
      operation: 'GetSecretValue',
      told: [metrics({ RotationEnabled: 1, RotationOverdue: 0 })],
    },
    { what: 'anything, nothing is told', operation: 'DescribeSecret', told: [] },
  ])('$what', async ({ operation, told }) => {
    const world = await measuring();
    await scheduled(world);
    world.denied.add(operation);

    expect(await world.reconcile()).toEqual({
      code: 'ACCESS_DENIED',
      emitted: [failure('ReconcileFailed', 'ACCESS_DENIED'), ...told],
    });
  });
});

/** Stores a version as somebody else would. */
async function store(
  { wiring: { secretsManager } }: World,
  token: string,
  text: string,
  label: string,
): Promise<void> {
  await secretsManager.send(
    new PutSecretValueCommand({
      SecretId: secretArn,
      ClientRequestToken: token,
      SecretString: text,
      VersionStages: [label],
    }),
  );
}
