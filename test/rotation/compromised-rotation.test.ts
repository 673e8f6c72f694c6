import { describe, expect, test } from 'vitest';
import { publish, putLabel } from './support/another-version.ts';
import { marksOn, markIn, reconcileIn, shop } from './support/compromised.ts';
import { refused } from './support/rotators.ts';
import { rollBackIn, rolledOver } from './support/roll-back.ts';
import { codeOf, expectPublishedToWork, failureOf, first, type World } from './support/world.ts';

const hour = 3_600_000;
const listOf = (world: World): unknown => world.current()['OLD_KEYS'];
const edit = (world: World, changes: object) =>
  publish(world, JSON.stringify({ ...world.current(), ...changes }));

describe('the next rotation', () => {
  test('leaves no earlier key beside a new one, where the key is compromised', async () => {
    const world = await shop();
    await markIn(world, 'SIGNING_KEY');
    await world.rotate();

    expect(listOf(world)).toEqual([]);
    expect(world.current()['SIGNING_KEY']).not.toBe(first.SIGNING_KEY);
    expectPublishedToWork(world);
  });

  test('leaves them where it is another key that is compromised', async () => {
    const world = await shop();
    await markIn(world, 'API_TOKEN');
    await world.rotate();

    expect(listOf(world)).toEqual([first.SIGNING_KEY, 'older']);
  });

  test('honours the mark where one in between failed, and was taken back', async () => {
    const world = await shop();
    await markIn(world, 'SIGNING_KEY');
    world.timeline.before('api.make', refused);
    expect(await codeOf(world.rotate())).toBe('PROVIDER_REFUSED');
    expect(marksOn(world, 'AWSCURRENT')).toHaveLength(1);
    expectPublishedToWork(world);

    await world.rotate();
    expect(listOf(world)).toEqual([]);
  });

  test('keeps the new key beside the one after it: the mark does no harm later', async () => {
    const world = await shop();
    await markIn(world, 'SIGNING_KEY');
    await markIn(world, 'API_TOKEN');
    await world.rotate();
    const second = world.current()['SIGNING_KEY'];
    await world.rotate();
    expect(listOf(world)).toEqual([second]);
    const third = world.current()['SIGNING_KEY'];
    const bookings = world.booked.length;
    await world.rotate();

    expect(listOf(world)).toEqual([third, second]);
    expect(world.booked.slice(bookings).map(({ purpose }) => purpose)).toEqual([
      'recovery',
      'retire-3600s',
    ]);
    expect(world.at('KEYTURN_COMPROMISED_SIGNING_KEY')).toBeUndefined();
    expect(world.at('KEYTURN_COMPROMISED_API_TOKEN')).toBeUndefined();
    expect((await rollBackIn(world)).outcome).toBe('rolled-back');
    expectPublishedToWork(world);
  });

  test('takes no key that a rollback undid among the earlier ones, where that is marked by hand', async () => {
    const world = await shop();
    await world.rotate();
    await rollBackIn(world);
    await putLabel(
      world,
      'KEYTURN_COMPROMISED_SIGNING_KEY',
      world.at('AWSPREVIOUS')?.versionId ?? '',
    );
    await world.rotate();

    expect(listOf(world)).toEqual([first.SIGNING_KEY, 'older']);
  });
});

describe('a value that somebody stores after the mark', () => {
  test('takes a compromised one along, and its mark', async () => {
    const world = await shop();
    await markIn(world, 'SIGNING_KEY');
    await edit(world, { REGION: 'us-east-1', OLD_KEYS: [] });
    await edit(world, { REGION: 'us-west-1' });

    await world.rotate();

    expect(listOf(world)).toEqual([]);
    expect(marksOn(world, 'AWSPREVIOUS')).toEqual(['KEYTURN_COMPROMISED_SIGNING_KEY']);
  });

  test('takes it along beside the version that bears the mark still', async () => {
    const world = await shop();
    await markIn(world, 'API_TOKEN');
    await edit(world, { REGION: 'us-east-1' });

    await reconcileIn(world);
    expect(marksOn(world, 'AWSPREVIOUS')).toEqual(['KEYTURN_COMPROMISED_API_TOKEN']);
    expect(marksOn(world, 'AWSCURRENT')).toEqual(['KEYTURN_COMPROMISED2_API_TOKEN']);

    await world.rotate();
    await reconcileIn(world);
    expect(world.api.accepts(first.API_TOKEN)).toBe(false);
    expectPublishedToWork(world);
  });

  test('in its place is as good as a rotation', async () => {
    const world = await shop();
    await markIn(world, 'SIGNING_KEY');
    await edit(world, { SIGNING_KEY: 'a key by hand', OLD_KEYS: [] });

    await world.rotate();

    expect(listOf(world)).toEqual(['a key by hand']);
  });
});

describe('the grace of a compromised value', () => {
  test('is over at once, and that of the others is not', async () => {
    const world = await shop();
    const { MAIL_TOKEN } = world.current();
    await markIn(world, 'API_TOKEN');
    await world.rotate();
    expect(world.api.accepts(first.API_TOKEN)).toBe(true);

    expect(await reconcileIn(world)).toEqual({ secret: world.arn, revoked: ['API_TOKEN'] });

    expect(world.api.accepts(first.API_TOKEN)).toBe(false);
    expect(world.acceptsMail(MAIL_TOKEN)).toBe(true);
    expect(world.at('KEYTURN_RETIRED')).toBeUndefined();
    expectPublishedToWork(world);

    await world.clock.advance(hour);
    expect(await reconcileIn(world)).toMatchObject({ revoked: ['API_TOKEN', 'MAIL_TOKEN'] });
    expect(world.acceptsMail(MAIL_TOKEN)).toBe(false);
    expect(world.at('KEYTURN_RETIRED')?.versionId).toBe(world.firstVersion);
  });

  test('ends by a booking, too, as early as one can be', async () => {
    const world = await shop();
    const { MAIL_TOKEN } = world.current();
    await markIn(world, 'API_TOKEN');
    const token = await world.rotate();
    const at = world.clock.now().getTime();

    const [early, late] = world.booked.filter(({ purpose }) => purpose.startsWith('retire-'));
    const pair = { secret: world.arn, current: token, superseded: world.firstVersion };
    expect([early, late].map((booking) => booking && (booking.at.getTime() - at) / 1_000)).toEqual(
      expect.arrayContaining([120, 3_600]),
    );
    const sorted = [early, late].toSorted((a, b) => Number(a?.at) - Number(b?.at));
    expect(sorted.map((booking) => booking?.event)).toEqual([
      { ...pair, keys: ['API_TOKEN'] },
      { ...pair, keys: ['API_TOKEN', 'MAIL_TOKEN'] },
    ]);

    await world.reconcile(sorted[0]?.event);
    expect([world.api.accepts(first.API_TOKEN), world.acceptsMail(MAIL_TOKEN)]).toEqual([
      false,
      true,
    ]);
    await world.clock.advance(hour);
    await world.reconcile(sorted[1]?.event);
    expect(world.at('KEYTURN_RETIRED')?.versionId).toBe(world.firstVersion);
    expectPublishedToWork(world);
  });

  test('is as long as ever before the rotation: what is current must work', async () => {
    const world = await shop();
    await world.rotate();
    const before = world.api.accepted;
    await markIn(world, 'API_TOKEN');

    expect(await reconcileIn(world)).toMatchObject({ revoked: [] });

    expect(world.api.accepted).toEqual(before);
    expectPublishedToWork(world);
  });
});

describe('a rollback is refused, and names the key', () => {
  test.each([
    { what: 'to a compromised value', label: 'AWSPREVIOUS', rotate: 'after' },
    {
      what: 'from one, which would stay among the earlier keys',
      label: 'AWSCURRENT',
      rotate: 'before',
    },
  ])('$what', async ({ label, rotate }) => {
    const { world } = await rolledOver();
    await markIn(world, 'DB_PASSWORD');
    if (rotate === 'after') await world.rotate();
    const before = world.current();

    const error = await failureOf(rollBackIn(world));

    expect(error).toMatchObject({ code: 'ROLLBACK_REFUSED', key: 'DB_PASSWORD' });
    expect(error.message).toContain(`under ${label} is marked as compromised`);
    expect(world.current()).toEqual(before);
    expectPublishedToWork(world);
  });

  test('where a key is marked that no rotator changes any more', async () => {
    const { world } = await rolledOver();
    await putLabel(world, 'KEYTURN_COMPROMISED_OTHER', world.firstVersion);

    expect(await failureOf(rollBackIn(world))).toMatchObject({
      code: 'ROLLBACK_REFUSED',
      key: undefined,
    });
  });
});

test('AWSCURRENT that is compromised is kept working all the same', async () => {
  const world = await shop();
  await markIn(world, 'DB_PASSWORD');
  const token = await world.rotate('testSecret');
  // As after a switch whose label never moved.
  await world.db.set(world.pending()['DB_PASSWORD'] ?? '');

  await codeOf(reconcileIn(world));

  expect(world.at('AWSCURRENT')?.versionId).toBe(world.firstVersion);
  expectPublishedToWork(world);
  await world.run('finishSecret', token);
  expectPublishedToWork(world);
});
