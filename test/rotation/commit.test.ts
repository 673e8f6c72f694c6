import { describe, expect, test } from 'vitest';
import { anotherVersion, makeCurrent } from './support/another-version.ts';
import { lost } from './support/secrets-manager-wire.ts';
import { codeOf, expectPublishedToWork, failureOf, first, startWorld } from './support/world.ts';

const repeatedLabelMoves = ['refused', 'accepted'] as const;

describe.each(repeatedLabelMoves)('where a repeated label move is %s', (repeatedLabelMove) => {
  const behaviour = { repeatedLabelMove };

  test.each([
    { what: 'the answer is lost', when: 'after', times: 1 },
    { what: 'both answers are lost', when: 'after', times: 2 },
    { what: 'the request is lost', when: 'before', times: 1 },
  ] as const)('$what: the rotation succeeds', async ({ when, times }) => {
    const world = await startWorld({ behaviour });
    const token = await world.rotate('testSecret');
    world.timeline[when]('move AWSCURRENT', lost, times);

    await world.run('finishSecret', token);

    expect(world.at('AWSCURRENT')?.versionId).toBe(token);
    expectPublishedToWork(world);
  });

  test('both requests are lost: everything stays, and the next call commits', async () => {
    const world = await startWorld({ behaviour });
    const token = await world.rotate('testSecret');
    world.timeline.before('move AWSCURRENT', lost, 2);

    expect(await codeOf(world.run('finishSecret', token))).toBe('UNREACHABLE');
    expect(world.at('AWSPENDING')?.versionId).toBe(token);
    expect(world.at('AWSCURRENT')?.versionId).toBe(world.firstVersion);

    await world.run('finishSecret', token);
    expect(world.at('AWSCURRENT')?.versionId).toBe(token);
    expectPublishedToWork(world);
  });
});

test('reads by label that lag behind it mislead nobody', async () => {
  const world = await startWorld({ behaviour: { labelReadLagMs: 60_000 } });
  await world.rotate();

  await world.reconcile();

  expect(world.notes()).toEqual(['not-due']);
  expectPublishedToWork(world);
});

test('where not even the labels can be read nothing is undone on a guess', async () => {
  const world = await startWorld();
  const token = await world.rotate('testSecret');
  world.timeline.after('move AWSCURRENT', lost, 2);
  world.timeline.after('move AWSCURRENT', () => world.timeline.before('read', lost));
  world.timeline.before('move AWSCURRENT', () => world.timeline.before('read', lost));

  expect(await failureOf(world.run('finishSecret', token))).toMatchObject({
    code: 'OUTCOME_UNKNOWN',
    cause: { code: 'UNREACHABLE' },
  });

  expect(world.timeline.only('db.set')).toHaveLength(1);
  expectPublishedToWork(world);
  await world.run('finishSecret', token);
  expectPublishedToWork(world);
});

test('somebody else moved AWSCURRENT first: taken back, and never published', async () => {
  const world = await startWorld();
  const theirs = await anotherVersion(world, JSON.stringify(first));
  const token = await world.rotate('testSecret');
  const pending = world.pending();
  world.timeline.before('move AWSCURRENT', () => makeCurrent(world, theirs));

  expect(await codeOf(world.run('finishSecret', token))).toBe('CURRENT_CHANGED');

  expect(world.at('AWSCURRENT')?.versionId).toBe(theirs);
  expect(world.at('AWSPENDING')).toBeUndefined();
  expect(world.api.accepted).toEqual([first.API_TOKEN]);
  expect(world.db.accepts(pending.DB_PASSWORD ?? '')).toBe(false);
  expect(world.notes()).toEqual(['undone']);
  expectPublishedToWork(world);
});
