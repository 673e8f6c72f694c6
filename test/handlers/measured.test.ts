import type { Context } from 'aws-lambda';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { rotateSecretHandler } from '../../src/handlers/rotate-secret-handler.ts';
import type { Booking } from '../../src/rotation/bookings.ts';
import { unreachable } from '../rotation/support/rotators.ts';
import { codeOf, first, steps } from '../rotation/support/world.ts';
import { emittedIn } from './support/embedded-metrics.ts';
import { contextWith, rotationEvent, secretArn } from './support/lambda.ts';
import { failure, measuring, metrics } from './support/measuring.ts';
import { wired } from './support/wired.ts';

afterEach(() => void vi.unstubAllEnvs());

test('a whole rotation is one that started and one that finished', async () => {
  const world = await measuring();
  const token = world.begin();
  await world.clock.advance(60_000);
  world.timeline.after('db.set', () => world.clock.advance(1_234));

  const emitted = [];
  for (const step of steps) emitted.push((await world.run(step, token)).emitted);

  expect(emitted).toEqual([
    [metrics({ RotationStarted: 1 })],
    [],
    [],
    [
      metrics({
        ReconcileBooked: [1, 1],
        SwitchGap: 1_234,
        RotationFinished: 1,
        RotationDuration: 61_234,
      }),
    ],
  ]);
});

test('is a line that CloudWatch reads, and nothing else is in it', async () => {
  const world = await measuring();
  await world.run('createSecret', world.begin());

  expect(world.lines).toHaveLength(1);
  expect(JSON.parse(world.lines[0] ?? '')).toEqual({
    _aws: {
      Timestamp: expect.any(Number),
      CloudWatchMetrics: [
        {
          Namespace: 'Keyturn',
          Dimensions: [['Secret']],
          Metrics: [{ Name: 'RotationStarted', Unit: 'Count' }],
        },
      ],
    },
    Secret: 'shop/production',
    RotationStarted: 1,
  });
});

test('bears the time the invocation began, as Lambda’s own metrics do, however long it took', async () => {
  const world = await measuring();
  const token = await world.rotate('testSecret');
  world.timeline.after('db.set', () => world.clock.advance(80_000));
  const began = world.clock.now().getTime();

  await world.run('finishSecret', token);

  expect(world.clock.now().getTime()).toBe(began + 80_000);
  expect(world.lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ _aws: expect.objectContaining({ Timestamp: began }) }),
  ]);
});

test('a failure is counted under its code too', async () => {
  const world = await measuring();
  world.timeline.before('db.rehearse', unreachable);
  await world.run('setSecret', await world.rotate('createSecret'));

  expect(JSON.parse(world.lines[0] ?? '')).toEqual({
    _aws: {
      Timestamp: expect.any(Number),
      CloudWatchMetrics: [
        {
          Namespace: 'Keyturn',
          Dimensions: [['Secret'], ['Secret', 'Code']],
          Metrics: [{ Name: 'RotationDelayed', Unit: 'Count' }],
        },
      ],
    },
    Secret: 'shop/production',
    Code: 'UNREACHABLE',
    RotationDelayed: 1,
  });
});

describe('a rotation that fails', () => {
  test('for a time is delayed, in each attempt, and then finishes', async () => {
    const world = await measuring();
    const token = await world.rotate('createSecret');
    world.timeline.before('db.rehearse', unreachable, 2);

    for (let attempt = 0; attempt < 2; attempt++) {
      expect(await world.run('setSecret', token)).toEqual({
        code: 'UNREACHABLE',
        emitted: [failure('RotationDelayed', 'UNREACHABLE')],
      });
    }

    expect(await world.run('setSecret', token)).toEqual({ code: undefined, emitted: [] });
  });

  test('for good has failed, and is undone', async () => {
    const world = await measuring();
    const token = await world.rotate('setSecret');
    const [, made = ''] = world.api.accepted;
    world.api.forget(made);

    expect(await world.run('testSecret', token)).toEqual({
      code: 'PENDING_REJECTED',
      emitted: [metrics({ RotationUndone: 1 }), failure('RotationFailed', 'PENDING_REJECTED')],
    });
    expect(world.logged.filter(({ message }) => message.includes('EMF'))).toEqual([]);
  });

  test('for good and cannot be undone yet has failed, and is undone when it is', async () => {
    const world = await measuring();
    const token = await world.rotate('setSecret');
    const [, made = ''] = world.api.accepted;
    world.api.forget(made);
    world.timeline.before('db.log-in', () => undefined);
    world.timeline.before('db.log-in', unreachable);

    expect(await world.run('testSecret', token)).toEqual({
      code: 'PENDING_REJECTED',
      emitted: [failure('RotationFailed', 'PENDING_REJECTED')],
    });
    expect((await world.run('testSecret', token)).emitted).toContainEqual(
      metrics({ RotationUndone: 1 }),
    );
  });

  test('before anything was made has failed, and did not start', async () => {
    const world = await measuring();
    world.db.drift('changed-by-hand');

    expect(await world.run('createSecret', world.begin())).toEqual({
      code: 'CURRENT_REJECTED',
      emitted: [failure('RotationFailed', 'CURRENT_REJECTED')],
    });
  });
});

test('a value that is stored already does not start a second rotation', async () => {
  const world = await measuring();
  const token = await world.rotate('createSecret');

  expect((await world.run('createSecret', token)).emitted).toEqual([]);
});

test('a step after the commit finishes no second rotation', async () => {
  const world = await measuring();
  const token = await world.rotate();

  expect((await world.run('finishSecret', token)).emitted).toEqual([
    metrics({ ReconcileBooked: 1 }),
  ]);
});

test('a rotation inside a running grace ends it early', async () => {
  const world = await measuring();
  await world.rotate();

  const { emitted } = await world.run('createSecret', world.begin());

  expect(emitted).toEqual([metrics({ GraceEndedEarly: 1, RotationStarted: 1 })]);
});

describe('a rollback', () => {
  test('is counted with its own switch gap', async () => {
    const world = await measuring();
    await world.clock.advance(1_000);
    await world.rotate();
    world.timeline.after('db.set', () => world.clock.advance(321));

    expect(await world.rollBack()).toEqual({
      code: undefined,
      emitted: [metrics({ ReconcileBooked: [1, 1], SwitchGap: 321, RolledBack: 1 })],
    });
  });

  test('that is refused has failed', async () => {
    const world = await measuring();

    expect(await world.rollBack()).toEqual({
      code: 'ROLLBACK_REFUSED',
      emitted: [failure('RollbackFailed', 'ROLLBACK_REFUSED')],
    });
  });

  test('that fails for a time has failed: nobody but a person calls again', async () => {
    const world = await measuring();
    await world.clock.advance(1_000);
    await world.rotate();
    world.timeline.before('db.log-in', unreachable);

    expect(await world.rollBack()).toEqual({
      code: 'UNREACHABLE',
      emitted: [failure('RollbackFailed', 'UNREACHABLE')],
    });
  });
});

describe('a booked run of reconcile', () => {
  test('that heals says so, and that it is done', async () => {
    const world = await measuring();
    await world.rotate('testSecret');
    const { versionId: current } = world.version('AWSCURRENT');
    world.db.drift(world.version('AWSPENDING').values.DB_PASSWORD);

    expect(await world.reconcile({ current, keys: ['DB_PASSWORD'] })).toEqual({
      code: undefined,
      emitted: [metrics({ Healed: 1, ReconcileDone: 1 })],
    });
  });

  test('that fails for a time is delayed', async () => {
    const world = await measuring();
    const { versionId: current } = world.version('AWSCURRENT');
    world.timeline.before('db.log-in', unreachable);

    expect(await world.reconcile({ current, keys: ['DB_PASSWORD'] })).toEqual({
      code: 'UNREACHABLE',
      emitted: [failure('ReconcileDelayed', 'UNREACHABLE')],
    });
  });

  test('that fails for good has failed', async () => {
    const world = await measuring();
    const { versionId: current } = world.version('AWSCURRENT');
    world.api.forget(first.API_TOKEN);

    expect(await world.reconcile({ current })).toEqual({
      code: 'CURRENT_REJECTED',
      emitted: [failure('ReconcileFailed', 'CURRENT_REJECTED')],
    });
  });

  test('at the end of a grace is done', async () => {
    const world = await measuring();
    const { versionId: superseded } = world.version('AWSCURRENT');
    const current = await world.rotate();

    expect(await world.reconcile({ current, superseded, keys: ['API_TOKEN'] })).toEqual({
      code: undefined,
      emitted: [metrics({ ReconcileDone: 1 })],
    });
  });
});

describe('what fails before the protocol begins', () => {
  test('is counted for the secret it was to be', async () => {
    const { wiring } = await wired();
    const lines: string[] = [];
    const handler = rotateSecretHandler({ ...wiring, emit: (line) => void lines.push(line) });
    const event = { ...rotationEvent, SecretId: secretArn.replace('shop/', 'warehouse/') };

    expect(await codeOf(Promise.resolve(handler(event, contextWith())))).toBe(
      'SECRET_NOT_CONFIGURED',
    );

    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { Secret: 'warehouse/production', Code: 'SECRET_NOT_CONFIGURED', RotationFailed: 1 },
    ]);
  });

  test('is not counted where no secret is named', async () => {
    const { wiring } = await wired();
    const lines: string[] = [];
    const handler = rotateSecretHandler({ ...wiring, emit: (line) => void lines.push(line) });

    expect(await codeOf(Promise.resolve(handler({}, contextWith())))).toBe('EVENT_INVALID');

    expect(lines).toEqual([]);
  });
});

describe('when the time is up', () => {
  test('what was measured by then is emitted, and later what came after', async () => {
    const hanging = Promise.withResolvers<void>();
    const book = ({ purpose }: Booking) =>
      purpose === 'recovery' ? Promise.resolve() : hanging.promise;
    const world = await measuring({ bookings: () => ({ book }) });
    const token = await world.rotate('testSecret');

    expect(await world.run('finishSecret', token, endingSoon())).toEqual({
      code: 'NOT_ENOUGH_TIME',
      emitted: [
        metrics({ ReconcileBooked: 1, SwitchGap: 0, RotationFinished: 1, RotationDuration: 0 }),
        failure('RotationDelayed', 'NOT_ENOUGH_TIME'),
      ],
    });

    world.lines.length = 0;
    hanging.resolve();
    await vi.waitFor(() =>
      expect(world.lines.map(emittedIn)).toEqual([metrics({ ReconcileBooked: 1 })]),
    );
  });

  test('work that fails for it is counted once', async () => {
    const world = await measuring();
    const token = await world.rotate('createSecret');
    const hanging = Promise.withResolvers<void>();
    world.timeline.before('db.rehearse', () => hanging.promise.then(unreachable));

    const { emitted } = await world.run('setSecret', token, endingSoon());
    hanging.resolve();
    await vi.waitFor(() => expect(world.logged).toContainEqual(failedStep));
    await new Promise(setImmediate);

    expect(emitted).toEqual([failure('RotationDelayed', 'NOT_ENOUGH_TIME')]);
    expect(world.lines).toHaveLength(1);
  });
});

const failedStep = expect.objectContaining({ message: 'setSecret failed' });

/** A tenth of a second before Lambda's timeout is near; the protocol sees time enough to begin. */
function endingSoon(): Context {
  const remaining = [5_100];
  return { ...contextWith(), getRemainingTimeInMillis: () => remaining.pop() ?? 300_000 };
}

describe('measuring fails no rotation', () => {
  test('where the lines cannot be written', async () => {
    const world = await measuring({
      emit: () => {
        throw new TypeError('full');
      },
    });

    const token = await world.rotate();

    expect(world.manager.inspect(secretArn)?.versionId).toBe(token);
    expect(world.logged).toContainEqual(
      expect.objectContaining({
        level: 'ERROR',
        message: 'The metrics of this invocation could not be emitted.',
        secret: 'shop/production',
        reason: 'TypeError',
      }),
    );
  });

  test('and hides no failure either', async () => {
    const world = await measuring({
      emit: () => {
        throw new TypeError('full');
      },
    });
    world.db.drift('changed-by-hand');

    expect((await world.run('createSecret', world.begin())).code).toBe('CURRENT_REJECTED');
  });

  test('where nobody takes them', async () => {
    const world = await measuring({ emit: undefined });

    const token = await world.rotate();

    expect(world.manager.inspect(secretArn)?.versionId).toBe(token);
  });
});

test.each([
  ['POWERTOOLS_DEV', 'true'],
  ['POWERTOOLS_METRICS_DISABLED', 'true'],
  ['POWERTOOLS_METRICS_NAMESPACE', 'Another'],
  ['POWERTOOLS_SERVICE_NAME', 'another'],
])('%s=%s changes nothing of it', async (variable, value) => {
  vi.stubEnv(variable, value);
  const world = await measuring();

  const { emitted } = await world.run('createSecret', world.begin());

  expect(emitted).toEqual([metrics({ RotationStarted: 1 })]);
});

test('no line holds a value', async () => {
  const world = await measuring();
  const lines: string[] = [];
  const values: string[] = [];
  const { reconcile, rollBack } = world;
  for (const act of [() => world.rotate(), reconcile, rollBack, reconcile]) {
    await world.clock.advance(1_000);
    await act();
    lines.push(...world.lines);
    const { REGION: _, ...secret } = world.version('AWSCURRENT').values;
    values.push(...Object.values(secret));
  }

  expect(lines.length).toBeGreaterThan(3);
  expect(values.filter((value) => lines.join('\n').includes(value))).toEqual([]);
});
