import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Rotator } from '../../src/rotation/rotator.ts';
import type { RealDatabase } from '../support/faults/databases/real-database.ts';
import { startGround, type Ground } from '../support/faults/ground.ts';
import { runVariant } from '../support/faults/rotation-run.ts';
import { textIn } from '../support/faults/subjects/subject.ts';
import { variantOf } from '../support/faults/variant.ts';
import type { World } from '../support/faults/world.ts';
import { whereMissing } from '../support/servers/where-missing.ts';

const noMysql = await whereMissing('mysql');

let ground: Ground;
beforeAll(async () => {
  ground = await startGround();
});
afterAll(() => ground.stop());

/** What is found where a rotator is another one than the project's. */
async function findings(id: string, replaced: (rotator: Rotator, world: World) => Rotator) {
  const { violations } = await runVariant(ground, variantOf(id), {
    spoil(world) {
      world.places.replaced = (rotator) => replaced(rotator, world);
    },
  });
  return violations;
}

/** Runs a statement as nobody's rotator may: past the promise that it names what it ends. */
async function run(database: RealDatabase, { places }: World, text: string): Promise<void> {
  await database.query(text);
  for (const subject of places.subjects) subject.database?.verdicts.noteStatement(text);
}

describe('a broken rotator is caught', () => {
  test.skipIf(noMysql)(`that ends the second of two passwords${noMysql}`, async () => {
    const mysql = await ground.mysql();
    const found = await findings('mysql-password:rollback:retries:', (rotator, world) => ({
      ...rotator,
      async revoke({ keep }) {
        const account = `'${textIn(keep, 'DB_USER')}'@'%'`;
        await run(mysql, world, `ALTER USER ${account} DISCARD OLD PASSWORD`);
      },
    }));

    expect(found).toContain('the database password under AWSCURRENT does not work');
  });

  test('that shuts out the role whose turn it was first', async () => {
    const postgres = await ground.postgres();
    const found = await findings('postgres-alternating:rollback:retries:', (rotator, world) => ({
      ...rotator,
      async revoke({ victim, keep }) {
        const [first] = [textIn(victim, 'DB_USER'), textIn(keep, 'DB_USER')].toSorted();
        await run(postgres, world, `ALTER ROLE ${first} NOLOGIN`);
      },
    }));

    expect(found).toContain('the database role under AWSCURRENT does not work');
  });

  test('that shuts nobody out', async () => {
    const found = await findings('postgres-alternating:first:retries:', (rotator) => ({
      ...rotator,
      revoke: async () => undefined,
    }));

    expect(found).toContain('the idle role can log in');
  });

  test('that switches nothing', async () => {
    const found = await findings('postgres-password:first:retries:', (rotator) => ({
      ...rotator,
      switch: async () => undefined,
    }));

    expect(found).toContain('the database password under AWSCURRENT did not work for five minutes');
  });

  test('that leaves API keys behind', async () => {
    const found = await findings('twilio-api-key:first:retries:', (rotator) => ({
      ...rotator,
      revoke: async () => undefined,
    }));

    expect(found).toContain('an API key is left at Twilio that is not published');
  });
});
