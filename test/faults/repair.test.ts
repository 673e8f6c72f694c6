import { escapeIdentifier } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changes } from '../support/faults/extent.ts';
import type { Fault } from '../support/faults/fault.ts';
import { startGround, type Ground } from '../support/faults/ground.ts';
import { titleOf, type Point } from '../support/faults/point.ts';
import { repairAll, runRepaired } from '../support/faults/repair-run.ts';
import { rotateCleanly } from '../support/faults/rotation-run.ts';
import { sideBySide } from '../support/faults/side-by-side.ts';
import { textIn } from '../support/faults/subjects/subject.ts';
import { World } from '../support/faults/world.ts';
import type { Combination } from '../support/faults/combinations.ts';
import type { Course } from '../support/faults/variant.ts';

let ground: Ground;
beforeAll(async () => {
  ground = await startGround();
});
afterAll(() => ground.stop());

const clean = (combination: Combination, course: Course) => ({
  combination,
  course,
  faults: new Map<number, Fault>(),
});

/** What was violated, by the call after which the function died and nobody called again. */
async function leftAlone(combination: Combination, course: Course) {
  const { points } = await runRepaired(ground, clean(combination, course));
  const found: string[] = [];
  const tried: Point[] = points.filter(changes);
  await sideBySide(tried, async (point) => {
    const faults = new Map([[point.index, 'crash-after' as const]]);
    const { violations } = await runRepaired(ground, { ...clean(combination, course), faults });
    found.push(...violations.map((violation) => `${titleOf(point)}: ${violation}`));
  });
  return { tried: tried.length, found };
}

describe('a secret that nobody calls for again is repaired (F-1)', () => {
  test.each([
    ['all', 'first'],
    ['all', 'rollback'],
    ['postgres-password-by-admin', 'first'],
    ['postgres-alternating', 'within-a-grace'],
  ] as const)('%s, %s: wherever it died after a change', async (combination, course) => {
    const { tried, found } = await leftAlone(combination, course);

    expect(found).toEqual([]);
    expect(tried).toBeGreaterThan(3);
  });
});

test('a repair that dies after any change of its own is made good by another', async () => {
  const { points } = await runRepaired(ground, clean('all', 'first'));
  const gap = points.findLast(({ operation }) => operation === 'ModifyDBInstance');
  const damage = {
    ...clean('all', 'first'),
    faults: new Map([[gap?.index ?? 0, 'crash-after' as const]]),
  };
  const { repairPoints, ways } = await runRepaired(ground, damage);
  expect(ways).toEqual(['take-back', 'pay']);

  const found: string[] = [];
  await sideBySide(repairPoints.filter(changes), async (point) => {
    const repairFaults = new Map([[point.index, 'crash-after' as const]]);
    const { violations } = await runRepaired(ground, { ...damage, repairFaults });
    found.push(...violations.map((violation) => `${titleOf(point)}: ${violation}`));
  });
  expect(found).toEqual([]);
});

/** Somebody gives the role that is published another password. */
async function drift({ places, watch }: World): Promise<void> {
  const place = places.subjects.find(({ database }) => database !== undefined)?.database;
  const user = textIn(watch.published().values, 'DB_USER');
  const text = `ALTER ROLE ${escapeIdentifier(user)} PASSWORD 'drifted-by-hand'`;
  await place?.database.query(text);
  place?.verdicts.noteStatement(text);
}

const works = async ({ places, watch }: World): Promise<boolean> => {
  const { values } = watch.published();
  const verdicts = await Promise.all(places.subjects.map((subject) => subject.accepts(values)));
  return verdicts.every(Boolean);
};

test.each(['postgres-password-by-admin', 'postgres-alternating'] as const)(
  '%s: what somebody changed with ALTER ROLE the administrator sets again, and it rotates on',
  async (combination) => {
    const world = await World.start(ground, combination);
    try {
      await rotateCleanly(world);
      await drift(world);
      expect(await works(world)).toBe(false);

      expect(await repairAll(world)).toEqual(['reset']);
      expect(await works(world)).toBe(true);
      const before = world.watch.published().versionId;
      await rotateCleanly(world);
      expect(await works(world)).toBe(true);
      expect(world.watch.published().versionId).not.toBe(before);
    } finally {
      await world.close();
    }
  },
);

test('a role that changes its own password, and that somebody changed, is left to a person', async () => {
  const world = await World.start(ground, 'postgres-password');
  try {
    await drift(world);
    const { wayOut } = await world.drive(world.inspect());

    expect(wayOut).toMatchObject({ way: 'supply', keys: ['DB_PASSWORD'] });
  } finally {
    await world.close();
  }
});
