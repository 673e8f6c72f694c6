import { describe, expect, test } from 'vitest';
import { parseReconcileEvent } from '../../src/handlers/event.ts';
import { dailyRun } from '../../src/rotation/daily-run.ts';
import { RotationError } from '../../src/rotation/errors.ts';
import { startPostOffice, type PostOffice } from './support/letters.ts';
import { unreachable } from './support/rotators.ts';
import { codeOf, expectPublishedToWork, first } from './support/world.ts';

const otherSecret = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:other-AbCdEf';

const unreadable = () => ({
  take: () => Promise.reject(new RotationError('ACCESS_DENIED', 'Not for you.')),
});

const graceHasEnded = ({ world }: PostOffice) => !world.api.accepts(first.API_TOKEN);

test('without letters it is what it was, and says that there are none', async () => {
  const office = await startPostOffice();

  await office.daily();

  expect(office.world.notes()).toEqual(['not-due']);
  expect(office.counts()).toEqual([{ seen: 0, left: 0 }]);
  expect(office.world.timeline.only('describe')).toHaveLength(1);
});

test('without a queue it is its own work alone', async () => {
  const { world } = await startPostOffice();
  const invocation = world.invocation('reconcile');
  const correspondence = { deadLetters: undefined, readEvent: parseReconcileEvent };

  await dailyRun(invocation, { secret: world.arn }, correspondence);

  expect(world.notes()).toEqual(['not-due']);
});

test('a retirement that was given up is made up for, and its letter is gone', async () => {
  const office = await startPostOffice();
  const letter = office.put(office.booked);

  await office.daily();

  expect(graceHasEnded(office)).toBe(true);
  expect(office.world.notes()).toEqual(['not-due', 'retired']);
  expect(office.world.entries.filter(({ kind }) => kind === 'dead-letter')).toEqual([
    { kind: 'dead-letter', step: 'reconcile', letter, outcome: 'done' },
  ]);
  expect(office.counts()).toEqual([{ seen: 1, left: 0 }]);
  expect(office.queue.messages).toEqual([]);
  expectPublishedToWork(office.world);
});

test('so is a recovery, and a letter that comes twice', async () => {
  const office = await startPostOffice();
  const { world } = office;
  office.put({ secret: world.arn, current: world.firstVersion, keys: ['DB_PASSWORD'] });
  office.put(office.booked);
  office.put(office.booked);

  await office.daily();

  expect(office.outcomes()).toEqual(['done', 'done', 'done']);
  expect(office.queue.messages).toEqual([]);
  expectPublishedToWork(world);
});

test('a letter by the name of the secret is its own too', async () => {
  const office = await startPostOffice();
  office.put({ ...office.booked, secret: 'shop/production' });

  await office.daily();

  expect(office.outcomes()).toEqual(['done']);
});

describe('what is none of its business stays, for whoever comes next', () => {
  test('a letter of another secret', async () => {
    const office = await startPostOffice();
    office.put({ ...office.booked, secret: otherSecret });

    await office.daily();

    expect(graceHasEnded(office)).toBe(false);
    expect(office.outcomes()).toEqual(['of-another-secret']);
    expect(office.counts()).toEqual([{ seen: 1, left: 1 }]);
    expect(office.left()).toHaveLength(1);
  });

  test.each([
    { what: 'half a JSON', body: '{"secret": "password-like', fields: 'the event itself' },
    { what: 'no secret', body: '{"password": "password-like"}', fields: 'secret' },
    {
      what: 'a key that is none',
      body: '{"secret": "shop", "keys": [{"a": "password-like"}]}',
      fields: 'keys.0',
    },
  ])('$what, and it is told where it is wrong, not what it holds', async ({ body, fields }) => {
    const office = await startPostOffice();
    const letter = office.putText(body);

    await office.daily();

    expect(office.left()).toEqual([body]);
    expect(office.counts()).toEqual([{ seen: 1, left: 1 }]);
    const reported = office.world.entries.find(({ kind }) => kind === 'dead-letter');
    expect(reported).toMatchObject({ letter, outcome: 'unreadable', code: 'EVENT_INVALID' });
    expect(JSON.stringify(reported)).toContain(`look at: ${fields}.`);
    expect(JSON.stringify(office.world.entries)).not.toContain('password-like');
  });
});

describe('a call that fails again', () => {
  test('stays, keeps none of the others back, and fails the run', async () => {
    const office = await startPostOffice();
    const { world } = office;
    office.put(office.booked);
    office.put({ ...office.booked, superseded: undefined, current: world.firstVersion });
    office.put({ secret: otherSecret });
    world.timeline.before('api.remove', unreachable);

    expect(await codeOf(office.daily())).toBe('UNREACHABLE');

    expect(office.outcomes()).toEqual(['failed', 'done', 'of-another-secret']);
    expect(office.counts()).toEqual([{ seen: 3, left: 2 }]);
    expect(office.left()).toEqual([
      JSON.stringify(office.booked),
      JSON.stringify({ secret: otherSecret }),
    ]);
    expect(world.entries).toContainEqual(
      expect.objectContaining({ kind: 'dead-letter', outcome: 'failed', code: 'UNREACHABLE' }),
    );
  });

  test('is made up for by the next run', async () => {
    const office = await startPostOffice();
    office.put(office.booked);
    office.world.timeline.before('api.remove', unreachable);
    await codeOf(office.daily());

    await office.daily();

    expect(graceHasEnded(office)).toBe(true);
    expect(office.queue.messages).toEqual([]);
  });

  test('is not even begun where the time is nearly up', async () => {
    const office = await startPostOffice();
    office.put(office.booked);

    expect(await codeOf(office.daily({ remainingMs: () => 19_999 }))).toBe('NOT_ENOUGH_TIME');

    expect(office.world.timeline.only('api.remove')).toEqual([]);
    expect(office.left()).toHaveLength(1);
  });

  test('is made with just enough time', async () => {
    const office = await startPostOffice();
    office.put(office.booked);

    await office.daily({ remainingMs: () => 20_000 });

    expect(graceHasEnded(office)).toBe(true);
  });
});

describe('when the daily work itself fails', () => {
  test('the letters are looked after all the same, and the run fails with its own error', async () => {
    const office = await startPostOffice();
    office.put(office.booked);
    office.world.timeline.before('db.log-in', unreachable);

    expect(await codeOf(office.daily())).toBe('UNREACHABLE');

    expect(graceHasEnded(office)).toBe(true);
    expect(office.queue.messages).toEqual([]);
  });

  test('a letter of an earlier daily run waits for one that succeeds, and runs never add up', async () => {
    const office = await startPostOffice();
    const { world } = office;
    for (let day = 0; day < 3; day += 1) {
      office.put({ secret: world.arn });
      world.timeline.before('db.log-in', unreachable);
      expect(await codeOf(office.daily())).toBe('UNREACHABLE');
    }
    expect(office.left()).toHaveLength(3);
    expect(new Set(office.outcomes())).toEqual(new Set(['not-done']));
    world.timeline.clear();

    await office.daily();

    expect(office.queue.messages).toEqual([]);
    expect(world.timeline.only('db.log-in')).toHaveLength(1);
  });

  test('its letter is gone with the daily work done, though another letter fails', async () => {
    const office = await startPostOffice();
    office.put({ secret: office.world.arn });
    office.put(office.booked);
    office.world.timeline.before('api.remove', unreachable);

    expect(await codeOf(office.daily())).toBe('UNREACHABLE');

    expect(office.left()).toEqual([JSON.stringify(office.booked)]);
  });
});

describe('twice is harmless', () => {
  test('after a crash between the work and the deletion', async () => {
    const office = await startPostOffice();
    office.put(office.booked);
    const dying = new RotationError('UNEXPECTED', 'The function died here.');
    const crash = office.daily({}, (deadLetters) => ({
      take: async () =>
        (await deadLetters.take()).map((letter) => ({
          ...letter,
          remove: () => Promise.reject(dying),
          release: () => Promise.reject(dying),
        })),
    }));
    expect(await codeOf(crash)).toBe('UNEXPECTED');
    expect(graceHasEnded(office)).toBe(true);
    expect(office.left()).toEqual([]);

    await office.world.clock.advance(16 * 60_000);
    await office.daily();

    expect(office.outcomes()).toEqual(['failed', 'done']);
    expect(office.queue.messages).toEqual([]);
    expect(office.world.timeline.only('api.remove')).toHaveLength(1);
    expectPublishedToWork(office.world);
  });

  test('two daily runs at once share the letters, and come to the same end', async () => {
    const office = await startPostOffice();
    for (let n = 0; n < 15; n += 1) office.put(office.booked);

    await Promise.all([office.daily(), office.daily()]);

    expect(office.outcomes()).toHaveLength(15);
    expect(office.queue.messages).toEqual([]);
    expect(graceHasEnded(office)).toBe(true);
    expectPublishedToWork(office.world);
  });
});

describe('the queue', () => {
  test('that cannot be read fails the run, after its daily work is done, and nothing is counted', async () => {
    const office = await startPostOffice();
    await office.world.clock.advance(3_600_000);

    expect(await codeOf(office.daily({}, unreadable))).toBe('ACCESS_DENIED');

    expect(office.world.notes()).toEqual(['retired']);
    expect(office.counts()).toEqual([]);
  });

  test('that breaks down half-way loses nothing of what was taken', async () => {
    const office = await startPostOffice();
    office.put(office.booked);
    let takes = 0;
    const breaking = office.daily({}, (deadLetters) => ({
      take: () => ((takes += 1) === 1 ? deadLetters.take() : unreadable().take()),
    }));

    expect(await codeOf(breaking)).toBe('ACCESS_DENIED');

    expect(office.outcomes()).toEqual(['done']);
    expect(office.counts()).toEqual([]);
    expect(office.queue.messages).toEqual([]);
  });

  test('that is very full is dealt with run by run', async () => {
    const office = await startPostOffice();
    for (let n = 0; n < 55; n += 1) office.put({ secret: office.world.arn });

    await office.daily();
    expect(office.counts()).toEqual([{ seen: 50, left: 0 }]);
    await office.daily();

    expect(office.queue.messages).toEqual([]);
  });
});
