import { describe, expect, test } from 'vitest';
import { UpdateSecretVersionStageCommand } from '@aws-sdk/client-secrets-manager';
import { labels } from '../../src/rotation/secret-store.ts';
import { leaseUntil } from '../../src/rotation/rollback-lease.ts';
import { publish, putLabel } from './support/another-version.ts';
import { markIn, marksOn, shop } from './support/compromised.ts';
import { lost } from './support/secrets-manager-wire.ts';
import { ownKey } from './support/rotators.ts';
import {
  codeOf,
  expectPublishedToWork,
  failureOf,
  first,
  startWorld,
  steps,
  type World,
} from './support/world.ts';

const mark = 'KEYTURN_COMPROMISED_API_TOKEN';
const other = 'KEYTURN_COMPROMISED2_API_TOKEN';

describe('a compromised value', () => {
  test('is marked on the current version, and nothing else is changed', async () => {
    const world = await shop();
    const before = world.current();

    expect(await markIn(world, 'API_TOKEN')).toEqual({
      secret: world.arn,
      key: 'API_TOKEN',
      keys: ['API_TOKEN'],
      versions: [world.firstVersion],
    });

    expect(marksOn(world, 'AWSCURRENT')).toEqual([mark]);
    expect(world.writes()).toEqual([`move ${mark}`]);
    expect(world.current()).toEqual(before);
    expect(world.api.accepts(before['API_TOKEN'] ?? '')).toBe(true);
  });

  test('may be marked twice, and beside another', async () => {
    const world = await shop();
    await markIn(world, 'API_TOKEN');
    await markIn(world, 'API_TOKEN');
    await markIn(world, 'SIGNING_KEY');

    expect(marksOn(world, 'AWSCURRENT')).toEqual([mark, 'KEYTURN_COMPROMISED_SIGNING_KEY']);
  });

  test('is marked where only the answer of the label was lost, and the mark set again', async () => {
    const world = await shop();
    world.timeline.after(`move ${mark}`, lost);

    expect(await codeOf(markIn(world, 'API_TOKEN'))).toBe('UNREACHABLE');
    await markIn(world, 'API_TOKEN');

    expect(marksOn(world, 'AWSCURRENT')).toEqual([mark]);
  });

  test('is marked by the name of the list beside it, too', async () => {
    const world = await shop();
    expect(await markIn(world, 'OLD_KEYS')).toMatchObject({ key: 'SIGNING_KEY' });
    expect(marksOn(world, 'AWSCURRENT')).toEqual(['KEYTURN_COMPROMISED_SIGNING_KEY']);
  });

  test('is marked with all that belongs to the credential', async () => {
    const world = await startWorld({
      rotators: ({ timeline }) => [
        ownKey('SIGNING_KEY', timeline, { changes: ['SIGNING_KEY', 'REGION'] }),
      ],
    });
    const result = await markIn(world, 'REGION');

    expect(result).toMatchObject({ key: 'SIGNING_KEY', keys: ['SIGNING_KEY', 'REGION'] });
    expect(marksOn(world, 'AWSCURRENT')).toEqual([
      'KEYTURN_COMPROMISED_REGION',
      'KEYTURN_COMPROMISED_SIGNING_KEY',
    ]);
  });

  test('whose predecessor still bears its mark gets the other one: neither is trusted again', async () => {
    const world = await shop();
    await markIn(world, 'API_TOKEN');
    await world.rotate();
    await markIn(world, 'API_TOKEN');

    expect(marksOn(world, 'AWSPREVIOUS')).toEqual([mark]);
    expect(marksOn(world, 'AWSCURRENT')).toEqual([other]);

    await world.rotate();
    await markIn(world, 'API_TOKEN');
    expect(marksOn(world, 'AWSPREVIOUS')).toEqual([other]);
    expect(marksOn(world, 'AWSCURRENT')).toEqual([mark]);
  });
});

describe('nothing is marked', () => {
  test('where no rotator changes the key: what can be marked is named, and the key is not', async () => {
    const world = await shop();
    const error = await failureOf(markIn(world, 'swordfish'));

    expect(error).toMatchObject({ code: 'KEY_NOT_ROTATED', step: 'compromise' });
    expect(error.message).toContain('SIGNING_KEY, OLD_KEYS, API_TOKEN, MAIL_TOKEN, DB_PASSWORD');
    expect(error.message).not.toContain('swordfish');
    expect(world.writes()).toEqual([]);
  });

  test.each([
    { what: 'a rotation that stored its value', last: 'createSecret' as const },
    { what: 'a rotation before its commit', last: 'testSecret' as const },
  ])('beside $what', async ({ last }) => {
    const world = await shop();
    await world.rotate(last);

    const error = await failureOf(markIn(world, 'SIGNING_KEY'));

    expect(error).toMatchObject({ code: 'ROTATION_IN_PROGRESS', retryable: true });
    expect(error.message).toContain('keyturn repair');
    expect(marksOn(world, 'AWSCURRENT')).toEqual([]);
  });

  test('beside a rotation that has stored nothing yet', async () => {
    const world = await shop();
    world.begin();
    expect(await codeOf(markIn(world, 'SIGNING_KEY'))).toBe('ROTATION_IN_PROGRESS');
  });

  test('beside a rollback', async () => {
    const world = await shop();
    await world.rotate();
    const until = new Date(world.clock.now().getTime() + 60_000);
    await putLabel(world, leaseUntil(until), world.at('AWSCURRENT')?.versionId ?? '');

    expect(await codeOf(markIn(world, 'SIGNING_KEY'))).toBe('ROTATION_IN_PROGRESS');
    expect(marksOn(world, 'AWSCURRENT')).toEqual([]);

    await world.clock.advance(61_000);
    await markIn(world, 'SIGNING_KEY');
    expect(marksOn(world, 'AWSCURRENT')).toHaveLength(1);
  });
});

/** The calls of a mark, in order. */
const calls = ['describe', 'move KEYTURN_COMPROMISED_SIGNING_KEY', 'describe'];
const ways = ['before', 'after'] as const;
const points = calls.flatMap((call, at) => ways.map((when) => ({ at, call, when })));

test('these are the calls of a mark', async () => {
  const world = await shop();
  await markIn(world, 'SIGNING_KEY');
  expect(world.timeline.events).toEqual(calls);
});

describe.each(points)('$when $call (call $at of a mark)', ({ at, call, when }) => {
  /** Acts there, and not at the call of the same name before it. */
  function act(world: World, work: () => Promise<void> | void): void {
    const nth = calls.slice(0, at).filter((each) => each === call).length;
    for (let n = 0; n < nth; n += 1) world.timeline[when](call, () => undefined);
    world.timeline[when](call, work);
  }

  test.each([
    { what: 'begins', begin: (world: World) => void world.begin() },
    { what: 'stores its value', begin: (world: World) => world.rotate('createSecret') },
    { what: 'begins and ends', begin: (world: World) => world.rotate() },
  ])('a rotation $what: it honours the mark, or the mark failed', async ({ begin }) => {
    const world = await shop();
    act(world, async () => void (await begin(world)));

    const code = await codeOf(markIn(world, 'SIGNING_KEY'));
    world.timeline.clear();
    const holder = world.at('KEYTURN_COMPROMISED_SIGNING_KEY');
    expect(holder === undefined).toBe(code !== undefined);
    expect([undefined, 'ROTATION_IN_PROGRESS']).toContain(code);
    await completed(world);
    if (code !== undefined) await markIn(world, 'SIGNING_KEY');
    if (marksOn(world, 'AWSCURRENT').length > 0) await world.rotate();

    expect(world.current()['SIGNING_KEY']).not.toBe(first.SIGNING_KEY);
    expect(world.current()['OLD_KEYS']).toEqual([]);
    expectPublishedToWork(world);
  });

  test('a crash leaves nothing but a mark, and it may be set again', async () => {
    const world = await shop();
    act(world, lost);
    expect(await codeOf(markIn(world, 'SIGNING_KEY'))).toBe('UNREACHABLE');

    await markIn(world, 'SIGNING_KEY');

    expect(marksOn(world, 'AWSCURRENT')).toEqual(['KEYTURN_COMPROMISED_SIGNING_KEY']);
    expect(world.at('AWSCURRENT')?.versionId).toBe(world.firstVersion);
  });
});

/** Ends a rotation that is under way. */
async function completed(world: World): Promise<void> {
  const pending = world.at('AWSPENDING')?.versionId;
  if (!pending || pending === world.at('AWSCURRENT')?.versionId) return;
  for (const step of steps) await world.run(step, pending);
}

describe('room for labels, of which a secret has twenty', () => {
  const keys = Array.from({ length: 20 }, (_, number) => `KEY_${number}`);
  const many = () =>
    startWorld({
      text: JSON.stringify(Object.fromEntries(keys.map((key) => [key, `value of ${key}`]))),
      rotators: ({ timeline }) => keys.map((key) => ownKey(key, timeline)),
    });

  test('is left for a rotation, whatever was marked, and for a rollback', async () => {
    const world = await many();
    const codes: (string | undefined)[] = [];
    for (const key of keys) codes.push(await codeOf(markIn(world, key)));

    const marked = marksOn(world, 'AWSCURRENT').length;
    expect(marked).toBeGreaterThanOrEqual(9);
    // Those of a rotation, and the lease of a rollback.
    expect(marked + Object.values(labels).length + 1).toBeLessThanOrEqual(20);
    expect(codes).toEqual(keys.map((_, at) => (at < marked ? undefined : 'TOO_MANY_LABELS')));
    await world.rotate();
    expect(marksOn(world, 'AWSPREVIOUS')).toHaveLength(marked);
  });

  test('is not taken where labels of somebody’s own leave none for a rotation', async () => {
    const world = await many();
    await publish(world, JSON.stringify({ ...world.current(), KEY_0: 'another' }));
    for (let number = 0; number < 11; number += 1) {
      const VersionStage = `OWN_${number}`;
      const input = { SecretId: world.arn, VersionStage, MoveToVersionId: world.firstVersion };
      await world.client.send(new UpdateSecretVersionStageCommand(input));
    }
    expect(await codeOf(markIn(world, 'KEY_1'))).toBe('TOO_MANY_LABELS');
    expect(marksOn(world, 'AWSCURRENT')).toEqual([]);
  });
});
