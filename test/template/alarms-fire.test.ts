import { CancelRotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import type { DeadLetter } from '../../src/rotation/dead-letters.ts';
import { secretArn } from '../handlers/support/lambda.ts';
import { unreachable } from '../rotation/support/rotators.ts';
import { steps } from '../rotation/support/world.ts';
import { day, hour, minute, watched, type Watched } from './watched.ts';

/** When the first daily run is known of, however periods are laid. */
const settled = day + hour;
const between = (least: number, most: number) => ({
  earliest: expect.toSatisfy((hours: number) => hours >= least, `at least ${least} hours`),
  latest: expect.toSatisfy((hours: number) => hours <= most, `at most ${most} hours`),
});

describe('no alarm is raised', () => {
  test('in a month of daily runs, a rotation and the end of its grace', async () => {
    const world = await watched();
    await world.days(0, 2);
    await world.until(3, 3 * hour);
    await world.rotate();
    await world.days(3, 31);

    expect(world.raised(settled, 32 * day)).toEqual({});
    // Minute by minute, while one daily run comes and the last one grows old.
    expect(world.raised(10 * day + 10 * hour, 10 * day + 14 * hour)).toEqual({});
  });

  test('for what passes: a rotation and a daily run that were delayed', async () => {
    const world = await watched();
    await world.days(0);
    await world.until(1, 3 * hour);
    const token = world.begin();
    world.timeline.before('db.rehearse', unreachable, 3);
    for (const step of ['createSecret', 'setSecret', 'setSecret', 'setSecret'] as const) {
      await world.run(step, token);
      await world.clock.advance(minute);
    }
    for (const step of steps) await world.run(step, token);
    world.timeline.before('db.log-in', unreachable, 2);
    await world.days(1);
    await world.reconcile();
    await world.reconcile();
    await world.days(2);

    expect(world.raised(settled, 3 * day)).toEqual({});
  });

  test('for a delay of as long as a function may take, right at the turn of an hour', async () => {
    const world = await watched();
    await world.days(0);
    await world.until(1, 3 * hour);
    const token = world.begin();
    await world.run('createSecret', token);
    world.timeline.before('db.rehearse', async () => {
      await world.clock.advance(15 * minute);
      unreachable();
    });
    await world.until(1, 4 * hour);
    await world.run('setSecret', token);

    expect(world.raised(settled, day + 8 * hour)).toEqual({});
  });

  test('for a rollback that was refused: whoever called it was told', async () => {
    const world = await watched();
    await world.days(0);
    await world.until(1, 3 * hour);

    expect((await world.rollBack()).code).toBe('ROLLBACK_REFUSED');

    expect(world.raised(day + 3 * hour, day + 8 * hour)).toEqual({});
  });

  test('for a credential that ended a day late', async () => {
    const world = await watched();
    await owing(world, 1);
    await world.days(2, 4);

    expect(world.raised(settled, 5 * day)).toEqual({});
  });
});

describe('an alarm is raised', () => {
  test('when a rotation fails for good, at once, and once for all attempts of a window', async () => {
    const world = await watched();
    await world.days(0);
    await world.until(1, 3 * hour);
    world.db.drift('changed-by-hand');
    const token = world.begin();
    for (let attempt = 0; attempt < 3; attempt++) {
      await world.run('createSecret', token);
      await world.clock.advance(hour);
    }

    expect(world.raised(day + 3 * hour, day + 6 * hour)).toEqual({
      'keyturn-rotation-failed': between(0, 1.1),
    });
    expect(Object.keys(world.raised(day + 6 * hour))).toEqual(['keyturn-rotation-failed']);
  });

  test('when a run that looks after the secret fails for good, at once', async () => {
    const world = await watched();
    await world.days(0);
    world.db.drift('changed-by-hand');
    await world.days(1);

    expect(world.raised(day + 12 * hour, day + 18 * hour)).toEqual({
      'keyturn-reconcile-failed': between(0.3, 1.1),
    });
  });

  test('when a rotation is overdue, half a day after a daily run saw it', async () => {
    const world = await watched();
    await world.days(0);
    await world.until(87, 0);
    // The window of the ninetieth day opens, and what is invoked in it rotates nothing.
    await world.days(87, 93);

    expect(world.raised(88 * day + hour, 90 * day + 12 * hour)).toEqual({});
    expect(world.raised(90 * day + 13 * hour, 93 * day)).toEqual({
      'keyturn-rotation-overdue': between(10, 24),
    });
  });

  test('when rotation is switched off', async () => {
    const world = await watched();
    await world.days(0, 1);
    await world.wiring.secretsManager.send(new CancelRotateSecretCommand({ SecretId: secretArn }));
    await world.days(2, 4);

    expect(world.raised(2 * day + 13 * hour, 5 * day)).toEqual({
      'keyturn-rotation-off': between(10, 36),
    });
  });

  test('when a superseded credential did not end on two days in a row', async () => {
    const world = await watched();
    await owing(world, 3);
    await world.days(4);

    expect(world.raised(day + 13 * hour, 4 * day)).toEqual({
      'keyturn-retirement-owed': between(25, 60),
    });
    expect(world.raised(5 * day)).toEqual({});
  });

  test('when calls that were given up are not made up for in two days', async () => {
    const world = await watched();
    await world.days(0, 1);
    world.letters.push(strangersLetter);
    await world.days(2, 4);

    expect(world.raised(2 * day + 13 * hour, 5 * day)).toEqual({
      'keyturn-dead-letters': between(25, 60),
    });
  });

  test('when nothing runs any more', async () => {
    const world = await watched();
    await world.days(0, 2);

    expect(world.raised(3 * day + 13 * hour, 7 * day)).toEqual({
      'keyturn-rotation-overdue': between(0, 36),
      'keyturn-rotation-off': between(0, 36),
      'keyturn-retirement-owed': between(10, 60),
      'keyturn-dead-letters': between(10, 60),
    });
  });

  test.each([
    ['keyturn-rotate', 'keyturn-rotate-broken'],
    ['keyturn-reconcile', 'keyturn-reconcile-broken'],
  ] as const)('when an invocation of %s is killed', async (name, alarm) => {
    const world = await watched();
    await world.days(0);
    await world.until(1, 3 * hour);
    world.broke(name);

    expect(world.raised(day + 3 * hour, day + 12 * hour)).toEqual({ [alarm]: between(0.3, 1.6) });
  });

  test('when a function cannot start, while others fail as they may', async () => {
    const world = await watched();
    await world.days(0);
    await world.until(1, 3 * hour);
    const token = world.begin();
    world.timeline.before('db.log-in', unreachable);
    await world.run('createSecret', token);
    for (let attempt = 0; attempt < 3; attempt++) {
      await world.clock.advance(10 * minute);
      world.broke('keyturn-rotate');
    }

    expect(world.raised(day + 3 * hour, day + 12 * hour)).toEqual({
      'keyturn-rotate-broken': between(0.3, 1.8),
    });
  });
});

test('a new stack is in alarm until its first daily run, and no longer', async () => {
  const world = await watched();
  const daily = ['rotation-overdue', 'rotation-off', 'retirement-owed', 'dead-letters'];

  expect(Object.keys(world.raised(5 * minute)).toSorted()).toEqual(
    daily.map((name) => `keyturn-${name}`).toSorted(),
  );
  await world.until(0, hour);
  await world.reconcile();
  await world.days(0, 1);

  // The stretch that has not begun by the clock is judged no earlier than it has.
  expect(world.raised(settled, 2 * day)).toEqual({});
});

test('an alarm that was mended ends with the next daily run, even on the same day', async () => {
  const world = await watched();
  await world.days(0, 1);
  await world.wiring.secretsManager.send(new CancelRotateSecretCommand({ SecretId: secretArn }));
  await world.days(2, 4);
  expect(Object.keys(world.raised(4 * day + 13 * hour))).toEqual(['keyturn-rotation-off']);

  await world.turnOn();
  await world.reconcile();

  expect(world.raised(5 * day)).toEqual({});
});

/** A superseded credential that the runs of so many days, from the second on, could not end. */
async function owing(world: Watched, days: number): Promise<void> {
  await world.days(0);
  await world.until(1, 3 * hour);
  await world.rotate();
  world.timeline.before('api.remove', unreachable, days);
  await world.days(1, days);
}

const strangersLetter: DeadLetter = {
  id: 'letter',
  event: { secret: secretArn.replace('shop/', 'warehouse/') },
  remove: async () => undefined,
  release: async () => undefined,
};
