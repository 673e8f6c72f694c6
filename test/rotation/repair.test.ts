import { describe, expect, test } from 'vitest';
import { leaseEnd } from '../../src/rotation/rollback-lease.ts';
import type { Credential } from '../../src/rotation/rotator.ts';
import { anotherVersion, makeCurrent, publish, putLabel } from './support/another-version.ts';
import { proposalIn, repairAll, repairIn } from './support/repair.ts';
import { dual, ownKey, single, textAt } from './support/rotators.ts';
import { revokedOnStaleLabels, rolledOver } from './support/roll-back.ts';
import {
  codeOf,
  expectPublishedToWork,
  first,
  startWorld,
  type World,
  type WorldOptions,
} from './support/world.ts';

const administered: WorldOptions = {
  rotators: ({ timeline, api, db }) => [
    ownKey('SIGNING_KEY', timeline),
    dual('API_TOKEN', api, timeline),
    single('DB_PASSWORD', db, timeline, { administered: true }),
  ],
};

const labelsIn = async (world: World): Promise<string> => {
  const { labelsOf } = await world.invocation('inspect').secret.describe();
  return [...labelsOf.values()].flat().join(' ');
};

const stateOf = (world: World) => ({
  labels: ['AWSCURRENT', 'AWSPREVIOUS', 'AWSPENDING', 'KEYTURN_MADE', 'KEYTURN_UNDONE'].map(
    (label) => world.at(label)?.versionId,
  ),
  api: world.api.accepted,
});

test('the lease on what was taken back lasts as long as an old step, however long the look took', async () => {
  const { world } = await rolledOver();
  await world.rotate('testSecret');
  const confirmed = await proposalIn(world);
  const token = confirmed.version ?? '';
  const whole = 290_000;
  const { secret } = world.invocation('repair');
  const taken = { ms: 0 };
  const slow = {
    ...secret,
    async describe() {
      taken.ms = 190_000;
      return secret.describe();
    },
  };

  await repairIn(world, confirmed, { secret: slow, remainingMs: () => whole - taken.ms });

  const { labelsOf } = await world.invocation('inspect').secret.describe();
  const stepsEnd = world.clock.now().getTime() + whole;
  expect(leaseEnd(labelsOf.get(token) ?? [])).toBeGreaterThanOrEqual(stepsEnd);
});

describe('nothing is done that nobody confirmed', () => {
  test('where another way is called for by now', async () => {
    const { world } = await rolledOver(administered);
    await world.rotate('testSecret');
    const confirmed = await proposalIn(world);
    world.db.drift('drifted-by-hand');
    const before = stateOf(world);

    expect(await codeOf(repairIn(world, confirmed))).toBe('REPAIR_OUTDATED');
    expect(stateOf(world)).toEqual(before);
  });

  test('where another rotation is under way by now', async () => {
    const { world } = await rolledOver();
    await world.rotate('testSecret');
    const confirmed = await proposalIn(world);
    await repairIn(world, confirmed);
    await world.clock.advance(600_000);
    await world.rotate('testSecret');
    const before = stateOf(world);

    expect(await codeOf(repairIn(world, confirmed))).toBe('REPAIR_OUTDATED');
    expect(stateOf(world)).toEqual(before);
  });

  test('where it was done by now', async () => {
    const { world } = await rolledOver();
    await world.rotate('createSecret');
    const confirmed = await proposalIn(world);
    await repairIn(world, confirmed);

    expect(await codeOf(repairIn(world, confirmed))).toBe('REPAIR_OUTDATED');
  });

  test.each([
    ['another version', { version: 'f'.repeat(36) }],
    ['fewer keys', { keys: ['API_TOKEN'] }],
    ['other keys', { keys: ['SIGNING_KEY', 'API_TOKEN', 'ANOTHER_KEY'] }],
    ['another way', { way: 'pay' as const }],
  ])('where %s was meant', async (_what, meant) => {
    const { world } = await rolledOver();
    await world.rotate('createSecret');
    const before = stateOf(world);

    const confirmed = { ...(await proposalIn(world)), ...meant };

    expect(await codeOf(repairIn(world, confirmed))).toBe('REPAIR_OUTDATED');
    expect(stateOf(world)).toEqual(before);
  });
});

test('tells what it did, and how the secret stands then', async () => {
  const { world } = await rolledOver();
  const token = await world.rotate('testSecret');

  const { done, inspection } = await repairIn(world, await proposalIn(world));

  expect(done).toEqual({
    way: 'take-back',
    keys: ['SIGNING_KEY', 'API_TOKEN', 'DB_PASSWORD'],
    version: token,
  });
  expect(inspection.wayOut.way).toBe('none');
});

describe('a rotation that stuck', () => {
  test.each(['createSecret', 'setSecret', 'testSecret'] as const)(
    'after %s: AWSPENDING comes off, and what it made is revoked by the run that is booked',
    async (last) => {
      const { world } = await rolledOver();
      await world.rotate(last);
      const { API_TOKEN = '' } = world.pending();

      expect(await repairAll(world)).toEqual(['take-back', 'none']);
      expect(world.at('AWSPENDING')).toBeUndefined();
      expectPublishedToWork(world);

      const booked = world.booked.find(({ purpose }) => purpose === 'taken-back');
      await world.clock.advance((booked?.at.getTime() ?? 0) - world.clock.now().getTime());
      await world.reconcile(booked?.event);
      expect(world.api.accepts(API_TOKEN)).toBe(false);
      expect(await labelsIn(world)).not.toMatch(/KEYTURN_MADE|KEYTURN_UNDOING/);
      expectPublishedToWork(world);
    },
  );

  test('is not revoked while a step of it may be left, which would publish it', async () => {
    const { world } = await rolledOver();
    const token = await world.rotate('testSecret');
    const { API_TOKEN = '' } = world.pending();
    await repairIn(world, await proposalIn(world));

    expect(await codeOf(world.reconcile())).toBe('ROTATION_IN_PROGRESS');
    expect(await codeOf(world.rotate())).toBe('ROTATION_IN_PROGRESS');
    expect(world.api.accepts(API_TOKEN)).toBe(true);
    expect(world.at('KEYTURN_MADE')?.versionId).toBe(token);
  });

  test('stands where it was committed meanwhile', async () => {
    const { world } = await rolledOver();
    const token = await world.rotate('testSecret');
    world.timeline.before('drop AWSPENDING', async () => {
      world.db.drift(world.pending()['DB_PASSWORD'] ?? '');
      await makeCurrent(world, token);
    });

    await repairIn(world, await proposalIn(world));

    expect(world.at('AWSCURRENT')?.versionId).toBe(token);
    expectPublishedToWork(world);
  });

  test('in the switch gap: the database is switched back before the label comes off', async () => {
    const { world } = await rolledOver();
    await world.rotate('testSecret');
    world.db.drift(world.pending()['DB_PASSWORD'] ?? '');
    world.timeline.clear();

    expect(await repairAll(world)).toEqual(['take-back', 'none']);
    expect(world.timeline.only('db.set', 'drop AWSPENDING')).toEqual(['db.set', 'drop AWSPENDING']);
    expectPublishedToWork(world);
  });

  test('with something under AWSPENDING that is no JSON: only the label comes off', async () => {
    const { world } = await rolledOver();
    await anotherVersion(world, 'something else', ['AWSPENDING']);

    expect(await repairAll(world)).toEqual(['take-back', 'none']);
    expect(world.at('AWSPENDING')).toBeUndefined();
    expectPublishedToWork(world);
  });
});

describe('a credential that was changed outside', () => {
  test('is set by an administrator', async () => {
    const { world } = await rolledOver(administered);
    world.db.drift('drifted-by-hand');

    expect(await repairAll(world)).toEqual(['reset', 'none']);
    expectPublishedToWork(world);
    expect(world.notes()).toContain('healed');
  });

  test('is set as AWSCURRENT says then, where the label moves meanwhile', async () => {
    const { world } = await rolledOver(administered);
    await world.rotate('testSecret');
    const pendingId = world.at('AWSPENDING')?.versionId ?? '';
    world.db.drift('drifted-by-hand');
    world.timeline.after('db.set', () => makeCurrent(world, pendingId));

    await repairIn(world, await proposalIn(world));

    expect(world.at('AWSCURRENT')?.versionId).toBe(pendingId);
    expect(world.db.accepts(world.current()['DB_PASSWORD'] ?? '')).toBe(true);
  });

  test('where two can live side by side, by installing it again', async () => {
    const set: Credential[] = [];
    const { world } = await rolledOver({
      rotators: ({ timeline, api }) => [
        dual('API_TOKEN', api, timeline, {
          administered: true,
          madeByProvider: false,
          async install({ next }) {
            set.push(next);
            await api.add(textAt(next, 'API_TOKEN'));
          },
        }),
      ],
    });
    const { API_TOKEN = '' } = world.current();
    for (const token of world.api.accepted) world.api.forget(token);

    expect(await repairAll(world)).toEqual(['reset', 'none']);
    expect(set.at(-1)).toEqual({ API_TOKEN });
    expect(world.api.accepts(API_TOKEN)).toBe(true);
  });

  test('is set although another labelled version lacks the key', async () => {
    const { world } = await rolledOver(administered);
    const published = world.current();
    await publish(world, JSON.stringify({ ...published, DB_PASSWORD: undefined }));
    await publish(world, JSON.stringify(published));
    world.db.drift('drifted-by-hand');

    expect(await codeOf(world.reconcile())).toBe('CURRENT_REJECTED');
    const [way] = await repairAll(world);

    expect(way).toBe('reset');
    expectPublishedToWork(world);
  });

  test('is left to a person where nobody administers it', async () => {
    const { world } = await rolledOver();
    world.db.drift('drifted-by-hand');

    expect(await repairAll(world)).toEqual(['supply']);
    expect(world.db.accepts('drifted-by-hand')).toBe(true);
  });
});

/** Rotated once; then somebody stores this. */
async function stored(text: string) {
  const { world, token } = await rolledOver();
  await world.clock.advance(1_000);
  await publish(world, text);
  return { world, token };
}

describe('what somebody stored by hand', () => {
  test.each([
    ['no JSON', 'something else'],
    ['a key less', JSON.stringify({ ...first, API_TOKEN: undefined })],
    ['a token of nobody', JSON.stringify({ ...first, REGION: 'x', API_TOKEN: 'of-nobody' })],
  ])(
    '%s: AWSCURRENT is where it was before, and what was stored is under AWSPREVIOUS',
    async (_w, text) => {
      const { world, token } = await stored(text);

      const [way, ...rest] = await repairAll(world);

      expect(['put-back', rest.at(-1)]).toEqual([way, 'none']);
      expect(world.at('AWSCURRENT')?.versionId).toBe(token);
      expect(world.at('AWSPREVIOUS')?.secretString).toBe(text);
      expectPublishedToWork(world);
    },
  );

  test('leaves no lease behind', async () => {
    const { world } = await stored('something else');
    await repairAll(world);

    expect(await labelsIn(world)).not.toContain('KEYTURN_UNDOING');
  });

  test('is not touched where what was before is marked as compromised meanwhile', async () => {
    const { world, token } = await stored('something else');
    const confirmed = await proposalIn(world);
    const { versionId } = world.at('AWSCURRENT') ?? {};
    world.timeline.after('move KEYTURN_UNDOING', () =>
      putLabel(world, 'KEYTURN_COMPROMISED_API_TOKEN', token),
    );

    expect(await codeOf(repairIn(world, confirmed))).toBe('ROLLBACK_REFUSED');
    expect(world.at('AWSCURRENT')?.versionId).toBe(versionId);
  });

  test.each([
    ['no JSON', () => 'something else', ['take-back', 'put-back']],
    [
      'an old value',
      () => JSON.stringify({ ...first, API_TOKEN: undefined }),
      ['take-back', 'put-back'],
    ],
    [
      'a key less',
      (world: World) => JSON.stringify({ ...world.current(), API_TOKEN: undefined }),
      ['finish'],
    ],
  ])('%s beside a rotation that stuck is gone from', async (_w, textOf, done) => {
    const { world } = await rolledOver();
    const token = await world.rotate('testSecret');
    await publish(world, textOf(world));
    // A service that leaves the label where it was.
    await putLabel(world, 'AWSPENDING', token);

    expect(await repairAll(world)).toEqual([...done, 'none']);
    expectPublishedToWork(world);
  });

  test('is gone from to what a rotation made that it abandoned, where only that works', async () => {
    const { world } = await rolledOver();
    world.api.room = 3;
    const token = await world.rotate('testSecret');
    world.db.drift(world.pending()['DB_PASSWORD'] ?? '');
    await publish(world, JSON.stringify({ ...world.current(), DB_PASSWORD: 'of-nobody' }));
    const { API_TOKEN = '' } = world.current();
    world.api.forget(API_TOKEN);

    const [way, ...rest] = await repairAll(world);

    expect([way, rest.at(-1)]).toEqual(['put-back', 'none']);
    expect(world.at('AWSCURRENT')?.versionId).toBe(token);
    expectPublishedToWork(world);
  });

  test('is not touched where the version before is being ended', async () => {
    const { world, token } = await stored('something else');
    await putLabel(world, 'KEYTURN_RETIRING', token);

    expect(await repairAll(world)).toEqual(['supply']);
  });
});

test('goes forward again where a rollback met the end of a grace', async () => {
  const { world, token } = await revokedOnStaleLabels();

  const ways = await repairAll(world);

  expect(ways.at(0)).toBe('heal');
  expect(ways.at(-1)).toBe('none');
  expect(world.at('AWSCURRENT')?.versionId).toBe(token);
  expectPublishedToWork(world);
});

test('revokes what a rotation left that a value put by hand abandoned', async () => {
  const { world } = await rolledOver();
  await world.rotate('testSecret');
  const { API_TOKEN = '' } = world.pending();
  await publish(world, JSON.stringify(world.current()));

  expect(await repairAll(world)).toEqual(['pay', 'none']);
  expect(world.api.accepts(API_TOKEN)).toBe(false);
  expectPublishedToWork(world);
});

test('revokes what was confirmed, and not what else is due', async () => {
  const { world } = await rolledOver();
  world.api.room = 9;
  await world.rotate('testSecret');
  const { API_TOKEN: abandoned = '' } = world.pending();
  const { API_TOKEN: superseded = '' } = world.current();
  await publish(world, JSON.stringify({ ...world.current(), API_TOKEN: await world.api.make() }));
  await world.clock.advance(2 * 3_600_000);

  const confirmed = await proposalIn(world);
  await repairIn(world, confirmed);

  expect(confirmed.way).toBe('pay');
  expect(world.api.accepts(abandoned)).toBe(false);
  expect(world.api.accepts(superseded)).toBe(true);
  expect(await repairAll(world)).toEqual(['pay', 'none']);
  expect(world.api.accepts(superseded)).toBe(false);
});

test('revokes what is superseded when its grace is over, and not before', async () => {
  const { world } = await rolledOver();
  expect(await repairAll(world)).toEqual(['none']);
  expect(world.api.accepts(first.API_TOKEN)).toBe(true);

  await world.clock.advance(3_600_000);
  expect(await repairAll(world)).toEqual(['pay', 'none']);
  expect(world.api.accepts(first.API_TOKEN)).toBe(false);
});

test('a world that was never rotated has nothing to repair', async () => {
  expect(await repairAll(await startWorld())).toEqual(['none']);
});
