import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { codeOf as codeOfError } from '../../src/rotation/errors.ts';
import { makeCurrent, publish, putLabel, storePending } from './support/another-version.ts';
import { dual, ownKey, refused, single, unreachable } from './support/rotators.ts';
import { lost } from './support/secrets-manager-wire.ts';
import {
  late,
  revokedOnStaleLabels,
  rolledOver,
  rollBackIn,
  undoneId,
  until,
} from './support/roll-back.ts';
import {
  codeOf,
  expectPublishedToWork,
  failureOf,
  first,
  startWorld,
  type World,
} from './support/world.ts';

const marks = [
  'drop AWSPENDING',
  'book recovery',
  'book undone',
  'move KEYTURN_UNDONE',
  'db.set',
  'move AWSCURRENT',
];

/** Somebody stores the current value with another key in it. */
async function edited(world: World, changes: Record<string, string | undefined>): Promise<void> {
  await world.clock.advance(1_000);
  await publish(world, JSON.stringify({ ...world.current(), ...changes }));
}

/** Everything a refused rollback must leave as it was. */
const stateOf = ({ at, db, api, current }: World) => ({
  labels: ['AWSCURRENT', 'AWSPREVIOUS', 'AWSPENDING', 'KEYTURN_UNDONE'].map(
    (label) => at(label)?.versionId,
  ),
  api: api.accepted,
  db: db.accepts(current().DB_PASSWORD ?? ''),
});

describe('within the grace', () => {
  test('what was current before is current again, and works everywhere', async () => {
    const { world, token } = await rolledOver();

    const result = await rollBackIn(world);

    expect(result).toEqual({
      outcome: 'rolled-back',
      from: token,
      to: world.firstVersion,
      switchGapMs: 0,
    });
    expect(world.current()).toEqual(first);
    expect(world.at('AWSCURRENT')?.versionId).toBe(world.firstVersion);
    expect(undoneId(world)).toBe(token);
    expectPublishedToWork(world);
  });

  test('books and marks before it switches, and moves the label right after', async () => {
    const { world } = await rolledOver();
    await rollBackIn(world);

    expect(world.timeline.only(...marks)).toEqual(marks);
    const { events } = world.timeline;
    const gap = events.slice(events.indexOf('db.set') + 1, events.indexOf('move AWSCURRENT'));
    expect(gap).toEqual(['db.log-in']);
  });

  test('measures the switch gap', async () => {
    const { world } = await rolledOver();
    world.timeline.after('db.set', () => world.clock.advance(1_234));

    expect(await rollBackIn(world)).toMatchObject({ switchGapMs: 1_234 });
    expect(world.entries).toContainEqual({
      kind: 'switch-gap',
      step: 'rollback',
      keys: ['DB_PASSWORD'],
      durationMs: 1_234,
    });
    expect(world.notes()).toEqual(['rolled-back']);
    expect(world.verbs('DB_PASSWORD').slice(-4)).toEqual(['probe', 'install', 'switch', 'probe']);
  });

  test('the run that it books revokes what was undone, and nothing else', async () => {
    const { world, token } = await rolledOver();
    const undone = world.current();
    await rollBackIn(world);
    const booked = world.booked.findLast(({ purpose }) => purpose === 'undone');

    await world.reconcile(booked?.event);

    expect(booked?.at).toEqual(new Date(world.clock.now().getTime() + 120_000));
    expect(booked?.event).toMatchObject({ current: world.firstVersion, superseded: token });
    expect(world.api.accepted).toEqual([first.API_TOKEN]);
    expect(world.api.accepts(undone.API_TOKEN ?? '')).toBe(false);
    expect(world.at('KEYTURN_RETIRED')?.versionId).toBe(token);
    expect(undoneId(world)).toBe(token);
    expectPublishedToWork(world);
  });

  test('tells the rotator that the victim is the newer one', async () => {
    const told: string[] = [];
    const { world } = await rolledOver({
      rotators: ({ timeline, api, db }) => [
        dual('API_TOKEN', api, timeline, { revoke: async ({ newer }) => void told.push(newer) }),
        single('DB_PASSWORD', db, timeline),
      ],
    });
    await rollBackIn(world);
    await world.reconcile();

    expect(told).toEqual(['victim']);
  });

  test('the grace that was booked for the rotation ends nothing any more', async () => {
    const { world } = await rolledOver();
    const grace = world.booked.find(({ purpose }) => purpose === 'retire-3600s');
    await rollBackIn(world);
    await world.clock.advance(3_600_000);

    await world.reconcile(grace?.event);

    expect(world.notes().at(-1)).toBe('nothing-owed');
    expectPublishedToWork(world);
  });

  test('the next rotation is given what was undone, the one after is not, with 11 calls', async () => {
    const given: unknown[] = [];
    const { world } = await rolledOver({
      rotators: ({ timeline, api, db }) => [
        ownKey('SIGNING_KEY', timeline, {
          create: async ({ undone }) => {
            given.push(undone?.['SIGNING_KEY']);
            return { SIGNING_KEY: `own-${given.length}` };
          },
        }),
        dual('API_TOKEN', api, timeline),
        single('DB_PASSWORD', db, timeline),
      ],
    });
    await rollBackIn(world);
    await world.reconcile();
    await world.rotate();
    await world.clock.advance(3_600_000);
    await world.reconcile();
    world.timeline.clear();
    await world.rotate();

    expect(given).toEqual([undefined, 'own-1', undefined]);
    expect(
      world.timeline.events.filter((event) => /^(describe|read|put|move)/.test(event)),
    ).toHaveLength(11);
    expectPublishedToWork(world);
  });

  test('a rotation right after it settles what was undone, though its run never came', async () => {
    const { world } = await rolledOver();
    await rollBackIn(world);
    await world.clock.advance(1_000);
    await world.rotate();

    expect(world.api.accepted).toHaveLength(2);
    expect(world.notes()).not.toContain('grace-ended-early');
    expectPublishedToWork(world);
  });

  test('rolled back, rotated, rolled back again: the mark moves on', async () => {
    const { world } = await rolledOver();
    await rollBackIn(world);
    await world.clock.advance(1_000);
    const second = await world.rotate();
    await world.clock.advance(1_000);

    expect(await rollBackIn(world)).toMatchObject({ outcome: 'rolled-back', from: second });
    expect(undoneId(world)).toBe(second);
    expect(world.current()).toEqual(first);
    expectPublishedToWork(world);
  });
});

describe('a second time', () => {
  test('never goes forward: it heals, books again and says so', async () => {
    const { world, token } = await rolledOver();
    await rollBackIn(world);
    world.timeline.clear();
    world.db.drift('its value before');
    world.db.drift(JSON.parse(world.at('AWSPREVIOUS')?.secretString ?? '{}').DB_PASSWORD);

    expect(await rollBackIn(world)).toEqual({
      outcome: 'already-rolled-back',
      from: token,
      to: world.firstVersion,
      switchGapMs: 0,
    });

    expect(world.writes()).toEqual([]);
    expect(world.timeline.only('book undone')).toHaveLength(1);
    expect(world.booked.at(-1)).toMatchObject({
      purpose: 'undone',
      at: new Date(world.clock.now().getTime() + 120_000),
    });
    expect(world.notes().at(-1)).toBe('already-rolled-back');
    expectPublishedToWork(world);
  });

  test('books nothing where what was undone is revoked by then', async () => {
    const { world } = await rolledOver();
    await rollBackIn(world);
    await world.reconcile();
    const bookings = world.booked.length;

    expect(await rollBackIn(world)).toMatchObject({ outcome: 'already-rolled-back' });
    expect(world.booked).toHaveLength(bookings);
  });

  test('a label that was moved back by hand is brought to its end', async () => {
    const { world, token } = await rolledOver();
    await makeCurrent(world, world.firstVersion);

    expect(await rollBackIn(world)).toMatchObject({ outcome: 'already-rolled-back', from: token });
    expect(undoneId(world)).toBe(token);
    expect(world.at('AWSPENDING')).toBeUndefined();
    expectPublishedToWork(world);
  });

  test('leaves a rotation alone that began since', async () => {
    const { world } = await rolledOver();
    await rollBackIn(world);
    await world.reconcile();
    const token = await world.rotate('testSecret');

    expect(await rollBackIn(world)).toMatchObject({ outcome: 'already-rolled-back' });
    await world.run('finishSecret', token);

    expect(world.at('AWSCURRENT')?.versionId).toBe(token);
    expectPublishedToWork(world);
  });

  test('two at once roll back once', async () => {
    const { world } = await rolledOver();

    const both = await Promise.all([rollBackIn(world), rollBackIn(world)]);

    expect(both.map(({ to }) => to)).toEqual([world.firstVersion, world.firstVersion]);
    expectPublishedToWork(world);
  });
});

test('a key that is built from the others is no obstacle', async () => {
  const { world } = await rolledOver({
    text: JSON.stringify({ ...first, DATABASE_URL: `pg://"${first.DB_PASSWORD}"` }),
    derived: { DATABASE_URL: ({ DB_PASSWORD }) => `pg://${JSON.stringify(DB_PASSWORD)}` },
  });

  expect(await rollBackIn(world)).toMatchObject({ outcome: 'rolled-back' });
  expect(world.current()).toMatchObject({ DATABASE_URL: `pg://"${first.DB_PASSWORD}"` });
});

describe('refuses, with nothing changed', () => {
  const cases: {
    what: string;
    arrange: (world: World) => unknown;
    key?: string;
    says?: string;
    because?: string;
  }[] = [
    {
      what: 'after the grace',
      says: 'what does not work. Rotate instead.',
      arrange: async (world) => {
        await world.clock.advance(3_600_000);
        await world.reconcile();
      },
    },
    {
      what: 'while the credentials from before are being ended',
      arrange: async (world) => {
        await world.clock.advance(3_600_000);
        world.timeline.before('api.remove', unreachable);
        expect(await codeOf(world.reconcile())).toBe('UNREACHABLE');
      },
    },
    {
      what: 'a credential from before that somebody ended',
      arrange: ({ api }) => api.forget(first.API_TOKEN),
      key: 'API_TOKEN',
      says: 'The system behind API_TOKEN does not accept',
    },
    {
      what: 'a switch whose rehearsal says no',
      arrange: ({ timeline }) => timeline.before('db.rehearse', refused),
      key: 'DB_PASSWORD',
      says: 'AWSCURRENT stays where it is (PROVIDER_REFUSED on DB_PASSWORD). The system',
      because: 'PROVIDER_REFUSED',
    },
    {
      what: 'an AWSPREVIOUS that somebody put on the current version itself',
      arrange: (world) => putLabel(world, 'AWSPREVIOUS', world.at('AWSCURRENT')?.versionId ?? ''),
      says: 'There is no version under AWSPREVIOUS',
    },
    {
      what: 'a value from before that is no object',
      arrange: async (world) => {
        const id = await put(world, 'not JSON');
        const back = world.at('AWSCURRENT')?.versionId ?? '';
        await makeCurrent(world, id);
        await makeCurrent(world, back);
      },
    },
    {
      what: 'a value from before without a key that is configured',
      arrange: async (world) => {
        const text = world.at('AWSCURRENT')?.secretString ?? '';
        const poorer = await put(world, JSON.stringify({ ...first, API_TOKEN: undefined }));
        await world.clock.advance(1_000);
        const newer = await put(world, text);
        await makeCurrent(world, poorer);
        await makeCurrent(world, newer);
      },
      key: 'API_TOKEN',
      because: 'KEY_MISSING',
    },
    {
      what: 'a key beside the credentials that somebody added since',
      arrange: (world) => edited(world, { STRIPE_KEY: 'put-by-hand' }),
      key: 'STRIPE_KEY',
      says: 'The key STRIPE_KEY, which no rotation changes, is another under AWSPREVIOUS: somebody',
    },
    {
      what: 'a key beside the credentials that somebody changed since',
      arrange: (world) => edited(world, { REGION: 'us-east-1' }),
      key: 'REGION',
      says: 'so AWSPREVIOUS is not what that superseded.',
    },
    {
      what: 'a key beside the credentials that somebody took out since',
      arrange: (world) => edited(world, { REGION: undefined }),
      key: 'REGION',
    },
    {
      what: 'the same value under both labels',
      arrange: async (world) => {
        const text = world.at('AWSCURRENT')?.secretString ?? '';
        await world.clock.advance(1_000);
        await makeCurrent(world, await put(world, text));
      },
    },
  ];

  test.each(cases)('$what', async ({ arrange, key, says = '', because }) => {
    const { world } = await rolledOver();
    await arrange(world);
    const before = stateOf(world);
    const bookings = world.booked.length;

    const error = await failureOf(rollBackIn(world));

    expect(error).toMatchObject({ code: 'ROLLBACK_REFUSED', step: 'rollback' });
    expect(error.key).toBe(key);
    expect(error.message).toContain(says);
    expect(error.message.startsWith('AWSCURRENT stays')).toBe(because !== undefined);
    expect(error.cause && codeOfError(error.cause)).toBe(because);
    expect(stateOf(world)).toEqual(before);
    expect(world.booked).toHaveLength(bookings);
  });

  test('a secret that was never rotated', async () => {
    const world = await startWorld();

    expect(await codeOf(rollBackIn(world))).toBe('ROLLBACK_REFUSED');
    expect(world.writes()).toEqual([]);
  });

  test('a system out of reach is no refusal: UNREACHABLE, and nothing is changed', async () => {
    const { world } = await rolledOver();
    world.timeline.before('api.log-in', unreachable);

    expect(await codeOf(rollBackIn(world))).toBe('UNREACHABLE');
    expect(world.writes()).toEqual([]);
  });

  test.each([
    { what: 'too little time', changes: { remainingMs: () => 69_999 }, code: 'NOT_ENOUGH_TIME' },
    {
      what: 'no recovery',
      changes: { bookings: { book: async () => unreachable() } },
      code: 'CANNOT_BOOK',
    },
  ])('$what: nothing is switched', async ({ changes, code }) => {
    const { world } = await rolledOver();

    expect(await codeOf(rollBackIn(world, changes))).toBe(code);

    expect(world.timeline.only('db.set', 'move AWSCURRENT')).toEqual([]);
    expectPublishedToWork(world);
  });
});

describe('a rotation under way', () => {
  test.each(['setSecret', 'testSecret'] as const)(
    'is taken back first, after %s: none of it is left working',
    async (last) => {
      const { world } = await rolledOver();
      world.api.room = 3;
      const token = world.begin();
      for (const step of ['createSecret', 'setSecret', 'testSecret'] as const) {
        // Without settling, so that there is something to go back to.
        if (step === 'createSecret') await storePending(world, token);
        else await world.run(step, token);
        if (step === last) break;
      }
      const pending = world.pending();

      expect(await rollBackIn(world)).toMatchObject({ outcome: 'rolled-back' });

      expect(world.at('AWSPENDING')).toBeUndefined();
      expect(world.api.accepts(pending.API_TOKEN ?? '')).toBe(false);
      expectPublishedToWork(world);
    },
  );

  test('that cannot be taken back refuses the rollback, and keeps its label', async () => {
    const { world } = await rolledOver();
    world.api.room = 3;
    const token = world.begin();
    await storePending(world, token);
    world.timeline.before('api.remove', refused);

    expect(await failureOf(rollBackIn(world))).toMatchObject({
      code: 'ROLLBACK_REFUSED',
      key: 'API_TOKEN',
    });

    expect(world.at('AWSPENDING')?.versionId).toBe(token);
    expect(world.timeline.only('db.set', 'move AWSCURRENT')).toEqual([]);
    expectPublishedToWork(world);
  });

  test('that has no value yet merely loses its label', async () => {
    const { world } = await rolledOver();
    const token = world.begin();

    expect(await rollBackIn(world)).toMatchObject({ outcome: 'rolled-back' });
    expect(world.at('AWSPENDING')).toBeUndefined();
    expect(await codeOf(world.run('setSecret', token))).toBe('TOKEN_UNKNOWN');
    expectPublishedToWork(world);
  });

  test('a value it stores while its label comes off is taken back too', async () => {
    const { world } = await rolledOver();
    world.api.room = 3;
    const token = world.begin();
    let made = '';
    world.timeline.before('drop AWSPENDING', async () => {
      made = await storePending(world, token);
    });

    expect(await rollBackIn(world)).toMatchObject({ outcome: 'rolled-back' });
    expect(made).not.toBe('');
    expect(world.api.accepts(made)).toBe(false);
    expectPublishedToWork(world);
  });
});

describe('beside the end of the grace', () => {
  test('the claim and the look come before the lease: refused, and the retirement goes on', async () => {
    const { world, token } = await late();
    const [claimed, answered] = [gate(), gate()];
    world.timeline.before('move KEYTURN_UNDOING', () => claimed.promise);
    world.timeline.before('api.remove', () => answered.promise);
    const rolling = codeOf(rollBackIn(world));
    await until(() => world.timeline.events.includes('move KEYTURN_UNDOING'));
    const reconciling = codeOf(world.reconcile());
    await until(() => world.timeline.events.includes('api.remove'));
    claimed.resolve();

    expect(await rolling).toBe('ROLLBACK_REFUSED');
    answered.resolve();

    expect(await reconciling).toBeUndefined();
    expect(world.at('AWSCURRENT')?.versionId).toBe(token);
    expect(world.timeline.events).not.toContain('move AWSCURRENT');
    expectPublishedToWork(world);
  });

  test('the lease comes before the look: the retirement stops, and the rollback goes forward again', async () => {
    const { world, token } = await late();
    const stopped = gate();
    world.timeline.before('move AWSCURRENT', () => stopped.promise);
    const rolling = codeOf(rollBackIn(world));
    await until(() => world.timeline.events.includes('move AWSCURRENT'));

    expect(await codeOf(world.reconcile())).toBe('ROTATION_IN_PROGRESS');
    stopped.resolve();

    expect(await rolling).toBe('ROLLBACK_REFUSED');
    expect(world.at('AWSCURRENT')?.versionId).toBe(token);
    expect(world.timeline.only('api.remove')).toEqual([]);
    expect(undoneId(world)).toBeUndefined();
    expect(world.notes()).toContain('rolled-forward');
    expectPublishedToWork(world);
    await world.reconcile();
    expect(world.api.accepts(first.API_TOKEN)).toBe(false);
    expectPublishedToWork(world);
  });

  test('the move comes first: the retirement stops, and withdraws its claim', async () => {
    const { world } = await late();
    const held = gate();
    world.timeline.before('move KEYTURN_RETIRING', () => held.promise);
    const reconciling = codeOf(world.reconcile());
    await until(() => world.timeline.events.includes('move KEYTURN_RETIRING'));

    expect(await rollBackIn(world)).toMatchObject({ outcome: 'rolled-back' });
    held.resolve();

    expect(await reconciling).toBe('ROTATION_IN_PROGRESS');
    expect(world.at('KEYTURN_RETIRING')).toBeUndefined();
    expect(world.timeline.only('api.remove')).toEqual([]);
    expect(await rollBackIn(world)).toMatchObject({ outcome: 'already-rolled-back' });
    expectPublishedToWork(world);
  });

  test('died after it took its lease: the retirement waits until that is over, whoever comes', async () => {
    const { world } = await late();
    const dying = new AbortController();
    world.timeline.after('move KEYTURN_UNDOING', () => dying.abort());
    await codeOf(rollBackIn(world, { signal: dying.signal, remainingMs: () => 300_000 }));

    expect(await codeOf(world.reconcile())).toBe('ROTATION_IN_PROGRESS');
    await world.reconcile(world.booked.findLast(({ purpose }) => purpose === 'undone')?.event);
    await world.clock.advance(329_000);
    expect(await codeOf(world.reconcile())).toBe('ROTATION_IN_PROGRESS');
    expect(world.api.accepts(first.API_TOKEN)).toBe(true);

    await world.clock.advance(1_000);
    await world.reconcile();
    expect(world.api.accepts(first.API_TOKEN)).toBe(false);
    expectPublishedToWork(world);
  });

  test('a late run of an earlier rollback takes no lease away from the one that is under way', async () => {
    const { world } = await late();
    const dying = new AbortController();
    world.timeline.after('move KEYTURN_UNDONE', () => dying.abort());
    await codeOf(rollBackIn(world, { signal: dying.signal }));
    await world.clock.advance(3_600_000);
    world.timeline.before('move AWSCURRENT', async () => {
      await codeOf(
        world.reconcile(world.booked.find(({ purpose }) => purpose === 'undone')?.event),
      );
      expect(await codeOf(world.reconcile())).toBe('ROTATION_IN_PROGRESS');
    });

    expect(await codeOf(rollBackIn(world))).toBe('ROLLBACK_REFUSED');

    expect(world.timeline.only('api.remove')).toEqual([]);
    expectPublishedToWork(world);
  });

  test('a reconcile that was shown labels from before the lease, and revoked: the recovery goes forward', async () => {
    const { world, token } = await revokedOnStaleLabels();
    const recovery = world.booked.findLast(({ purpose }) => purpose === 'recovery');

    await world.reconcile(recovery?.event);

    expect(world.at('AWSCURRENT')?.versionId).toBe(token);
    expect(world.notes()).toContain('rolled-forward');
    expectPublishedToWork(world);
  });

  test('a reconcile that was shown labels from before the lease: the daily run goes forward, and no further', async () => {
    const { world, token } = await revokedOnStaleLabels();

    await world.reconcile();

    expect(world.at('AWSCURRENT')?.versionId).toBe(token);
    expect(world.notes().at(-1)).toBe('rolled-forward');
    expectPublishedToWork(world);
  });

  test('a reconcile that was shown labels from before the lease, and a second run: forward, and refused', async () => {
    const { world, token } = await revokedOnStaleLabels();

    expect(await codeOf(rollBackIn(world))).toBe('ROLLBACK_REFUSED');

    expect(world.at('AWSCURRENT')?.versionId).toBe(token);
    expectPublishedToWork(world);
  });
});

describe('when the commit fails', () => {
  test('both label moves are lost: switched back at once, and the next run rolls back', async () => {
    const { world, token } = await rolledOver();
    world.timeline.before('move AWSCURRENT', lost, 2);

    expect(await codeOf(rollBackIn(world))).toBe('UNREACHABLE');

    expect(world.at('AWSCURRENT')?.versionId).toBe(token);
    expectPublishedToWork(world);
    expect(await rollBackIn(world)).toMatchObject({ outcome: 'rolled-back' });
    expectPublishedToWork(world);
  });

  test.each([1, 2])('%i lost answers are no failure', async (times) => {
    const { world } = await rolledOver();
    world.timeline.after('move AWSCURRENT', lost, times);

    expect(await rollBackIn(world)).toMatchObject({ outcome: 'rolled-back' });
    expectPublishedToWork(world);
  });

  test('AWSCURRENT moved elsewhere meanwhile: it counts', async () => {
    const { world, token } = await rolledOver();
    const theirs = await put(world, JSON.stringify({ ...world.current(), REGION: 'us-east-1' }));
    world.timeline.before('move AWSCURRENT', () => makeCurrent(world, theirs));

    expect(await codeOf(rollBackIn(world))).toBe('CURRENT_CHANGED');

    expect(world.at('AWSCURRENT')?.versionId).toBe(theirs);
    expect(world.at('AWSPREVIOUS')?.versionId).toBe(token);
    expectPublishedToWork(world);
  });

  test('a recovery beside it that switches forward is followed by a proof', async () => {
    const { world } = await rolledOver();
    const { DB_PASSWORD = '' } = world.current();
    world.timeline.after('move AWSCURRENT', () => world.db.drift(DB_PASSWORD));

    expect(await rollBackIn(world)).toMatchObject({ outcome: 'rolled-back' });
    expectPublishedToWork(world);
  });
});

const gate = () => Promise.withResolvers<void>();

async function put({ client, arn }: World, text: string): Promise<string> {
  const { VersionId = '' } = await client.send(
    new PutSecretValueCommand({ SecretId: arn, SecretString: text, VersionStages: ['SPARE'] }),
  );
  return VersionId;
}
