import { CancelRotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { RotationError } from '../../src/rotation/errors.ts';
import { makeCurrent, publish, putLabel } from './support/another-version.ts';
import { described } from './support/described.ts';
import { inspectIn, proposalIn, repairAll, repairIn } from './support/repair.ts';
import { dual, ownKey, single, textAt } from './support/rotators.ts';
import { rolledOver } from './support/roll-back.ts';
import { leaseUntil } from '../../src/rotation/rollback-lease.ts';
import { codeOf, expectPublishedToWork, first, type WorldOptions } from './support/world.ts';

describe('a password that nobody can ask about, set and stored by hand', () => {
  test.each([
    ['a key is lost', { API_TOKEN: undefined }],
    ['a token is mistyped, and a key of no rotation changed', { API_TOKEN: 'typo', REGION: 'x' }],
  ])('stays published, though %s beside it', async (_what, mistake) => {
    const { world } = await rolledOver(described);
    world.db.drift('by-hand');
    await publish(
      world,
      JSON.stringify({ ...world.current(), DB_PASSWORD: 'by-hand', ...mistake }),
    );

    expect(await repairAll(world)).toEqual(['supply']);
    expect(world.db.accepts(world.current()['DB_PASSWORD'] ?? '')).toBe(true);
  });

  test('stays published where AWSCURRENT goes back from another mistake', async () => {
    const { world } = await rolledOver(described);
    await publish(world, JSON.stringify({ ...world.current(), API_TOKEN: 'typo', REGION: 'x' }));

    expect(await repairAll(world)).toEqual(['put-back', 'none']);
    expect(world.db.accepts(world.current()['DB_PASSWORD'] ?? '')).toBe(true);
  });
});

describe('a password that no login can be made of, stored by hand', () => {
  const strict: WorldOptions = {
    rotators: ({ timeline, api, db }) => {
      const rotator = single('DB_PASSWORD', db, timeline);
      return [
        ownKey('SIGNING_KEY', timeline),
        dual('API_TOKEN', api, timeline),
        {
          ...rotator,
          async probe(call) {
            if (!textAt(call.credential, 'DB_PASSWORD').includes('\0')) return rotator.probe(call);
            throw new RotationError('KEY_UNUSABLE', 'The key DB_PASSWORD holds a NUL.');
          },
        },
      ];
    },
  };

  test('is gone back from', async () => {
    const { world } = await rolledOver(strict);
    await publish(world, JSON.stringify({ ...world.current(), DB_PASSWORD: 'oops\0' }));

    expect(await repairAll(world)).toEqual(['put-back', 'none']);
    expectPublishedToWork(world);
  });

  test('is gone on from, where a rotation had switched the database', async () => {
    const { world } = await rolledOver(strict);
    await world.rotate('testSecret');
    world.db.drift(world.pending()['DB_PASSWORD'] ?? '');
    await publish(world, JSON.stringify({ ...world.current(), DB_PASSWORD: 'oops\0' }));

    expect(await repairAll(world)).toEqual(['put-back', 'pay', 'none']);
    expectPublishedToWork(world);
  });
});

test('a mistyped password is gone back from, and never set in the database', async () => {
  const { world } = await rolledOver({
    rotators: ({ timeline, api }) => [
      ownKey('SIGNING_KEY', timeline),
      dual('API_TOKEN', api, timeline, {
        administered: true,
        madeByProvider: false,
        install: async ({ next }) => void (await api.add(textAt(next, 'API_TOKEN'))),
      }),
    ],
  });
  await publish(world, JSON.stringify({ ...world.current(), API_TOKEN: 'typo' }));

  expect(await repairAll(world)).toEqual(['put-back', 'none']);
  expect(world.api.accepts('typo')).toBe(false);
  expect(world.api.accepts(world.current()['API_TOKEN'] ?? '')).toBe(true);
});

test('what nobody can ask about is ended once, when every grace is over', async () => {
  const { world } = await rolledOver({
    rotators: ({ timeline, api }) => [
      ownKey('SIGNING_KEY', timeline, { graceMs: 9 * 3_600_000 }),
      dual('API_TOKEN', api, timeline, { probe: async () => 'unknown' }),
    ],
  });
  await world.clock.advance(2 * 3_600_000);
  expect(await repairAll(world)).toEqual(['none']);

  await world.clock.advance(8 * 3_600_000);
  expect(await repairAll(world)).toEqual(['pay', 'none']);
  expect(world.api.accepts(first.API_TOKEN)).toBe(false);
});

test.each([
  ['no JSON', () => 'no object'],
  ['a value without it', (value: object) => JSON.stringify({ ...value, DB_PASSWORD: undefined })],
])('a password that nobody can ask about comes back from %s', async (_what, stored) => {
  const { world } = await rolledOver(described);
  await world.clock.advance(1_000);
  const before = world.current();
  await publish(world, stored(before));

  expect((await repairAll(world))[0]).toBe('put-back');

  expect(world.current()).toEqual(before);
  expectPublishedToWork(world);
});

test('what is due waits while AWSCURRENT may come back to it, and is ended then', async () => {
  const { world } = await rolledOver();
  const end = new Date(world.clock.now().getTime() + 3 * 3_600_000);
  await putLabel(world, leaseUntil(end), world.firstVersion);
  await world.clock.advance(2 * 3_600_000);

  expect(await repairAll(world)).toEqual(['none']);
  expect(world.api.accepts(first.API_TOKEN)).toBe(true);

  await world.clock.advance(2 * 3_600_000);
  expect(await repairAll(world)).toEqual(['pay', 'none']);
  expect(world.api.accepts(first.API_TOKEN)).toBe(false);
  expectPublishedToWork(world);
});

describe('a label that somebody moved back by hand', () => {
  test('becomes a rollback: the systems follow, and what was current is ended', async () => {
    const { world } = await rolledOver();
    await putLabel(world, 'AWSCURRENT', world.firstVersion);
    const made = String(JSON.parse(world.at('AWSPREVIOUS')?.secretString ?? '').API_TOKEN);

    expect(await repairAll(world)).toEqual(['roll-back', 'pay', 'none']);

    expect(world.at('AWSPENDING')).toBeUndefined();
    expect(world.at('KEYTURN_UNDONE')).toEqual(world.at('AWSPREVIOUS'));
    expect(world.api.accepts(made)).toBe(false);
    expectPublishedToWork(world);
    expect(await codeOf(world.rotate())).toBeUndefined();
  });

  test('off a value that somebody had stored, too', async () => {
    const { world } = await rolledOver();
    const before = world.at('AWSCURRENT')?.versionId ?? '';
    await world.clock.advance(1_000);
    await publish(world, JSON.stringify({ ...world.current(), REGION: 'elsewhere' }));
    await putLabel(world, 'AWSCURRENT', before);

    expect(await repairAll(world)).toEqual(['roll-back', 'none']);

    expect(world.at('KEYTURN_UNDONE')).toEqual(world.at('AWSPREVIOUS'));
    expectPublishedToWork(world);
  });
});

describe('with rotation switched off', () => {
  test('what only a rotation that stuck has is not lost with it, and can be supplied', async () => {
    const { world } = await rolledOver({
      rotators: ({ timeline, api, db }) => [
        dual('API_TOKEN', api, timeline),
        dual('SIGNING_KEY', api, timeline, {
          probe: async ({ credential }) =>
            db.accepts(textAt(credential, 'SIGNING_KEY')) ? 'accepted' : 'rejected',
          check: async () => undefined,
          madeByProvider: false,
          install: async ({ next }) => db.drift(textAt(next, 'SIGNING_KEY')),
          revoke: async () => undefined,
        }),
      ],
    });
    const published = world.current();
    await world.rotate('createSecret');
    const made = world.pending()['API_TOKEN'] ?? '';
    for (const token of world.api.accepted) if (token !== made) world.api.forget(token);
    await world.client.send(new CancelRotateSecretCommand({ SecretId: world.arn }));

    expect(await repairAll(world)).toEqual(['take-back', 'supply']);
    await world.clock.advance(86_400_000);
    expect(await codeOf(world.reconcile())).toBe('CURRENT_REJECTED');
    expect(world.api.accepts(made)).toBe(true);
    expect((await inspectIn(world)).wayOut.finding).toContain('What KEYTURN_MADE holds works');

    await publish(world, JSON.stringify({ ...published, API_TOKEN: made }));
    expect((await repairAll(world)).at(-1)).toBe('none');
    expect(world.api.accepts(made)).toBe(true);
  });
});

describe('a credential that an administrator sets beside another', () => {
  test('is the one that AWSCURRENT moved to meanwhile, though the rotator would not go on', async () => {
    const { world } = await rolledOver({
      rotators: ({ timeline, api }) => [
        dual('API_TOKEN', api, timeline, {
          administered: true,
          madeByProvider: false,
          async install({ next, stillPending }) {
            await timeline.around('set', stillPending);
            await api.add(textAt(next, 'API_TOKEN'));
          },
        }),
      ],
    });
    const { API_TOKEN: published = '' } = world.current();
    for (const token of world.api.accepted) world.api.forget(token);
    const confirmed = await proposalIn(world);
    let moved = false;
    world.timeline.before('set', async () => {
      if (moved) return;
      moved = true;
      await makeCurrent(world, world.firstVersion);
    });

    await repairIn(world, confirmed);

    expect(confirmed.way).toBe('reset');
    expect(world.api.accepts(first.API_TOKEN)).toBe(true);
    expect(world.api.accepts(published)).toBe(false);
  });
});
