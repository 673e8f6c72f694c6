import { expect, test } from 'vitest';
import { putBack } from '../../src/rotation/put-back.ts';
import { publish } from './support/another-version.ts';
import { described } from './support/described.ts';
import { rolledOver } from './support/roll-back.ts';
import { codeOf, type World } from './support/world.ts';

async function unaskable() {
  const { world } = await rolledOver(described);
  await world.clock.advance(1_000);
  return world;
}

const putBackIn = (world: World) =>
  codeOf(putBack(world.invocation('repair'), { version: world.at('AWSPREVIOUS')?.versionId }));

test('AWSCURRENT stays where somebody stored another password that nobody can ask about', async () => {
  const world = await unaskable();
  world.db.drift('set-by-hand');
  const stored = { ...world.current(), API_TOKEN: 'mistyped', DB_PASSWORD: 'set-by-hand' };
  await publish(world, JSON.stringify(stored));

  expect(await putBackIn(world)).toBe('ROLLBACK_REFUSED');

  expect(world.current()).toEqual(stored);
});

test.each([
  ['the same password', (value: object) => JSON.stringify({ ...value, API_TOKEN: 'mistyped' })],
  ['no password', (value: object) => JSON.stringify({ ...value, DB_PASSWORD: undefined })],
  ['no object', () => 'no object'],
])('AWSCURRENT goes back from a value with %s', async (_what, stored) => {
  const world = await unaskable();
  const before = world.current();
  await publish(world, stored(before));

  await putBackIn(world);

  expect(world.current()).toEqual(before);
});
