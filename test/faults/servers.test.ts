import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Combination } from '../support/faults/combinations.ts';
import type { Fault } from '../support/faults/fault.ts';
import { startGround, type Ground } from '../support/faults/ground.ts';
import { runMeeting } from '../support/faults/interleaving.ts';
import { titleOf } from '../support/faults/point.ts';
import { runVariant } from '../support/faults/rotation-run.ts';
import { scenarioNamed } from '../support/faults/scenarios.ts';
import { orderOf } from '../support/faults/turns.ts';
import type { Course } from '../support/faults/variant.ts';
import { whereMissing } from '../support/servers/where-missing.ts';

const [noMysql, noMariadb] = await Promise.all([whereMissing('mysql'), whereMissing('mariadb')]);

/** Each combination, the call that changes something at its system, and why it cannot be tried. */
const rows: readonly (readonly [Combination, string, string])[] = [
  ['twilio-api-key', 'createSecret · POST /v1/Keys', ''],
  ['postgres-password', 'finishSecret · COMMIT(app)', ''],
  ['postgres-password-by-admin', 'finishSecret · COMMIT(admin)', ''],
  ['postgres-alternating', 'setSecret · COMMIT(admin)', ''],
  ['mariadb-password', 'setSecret · ALTER USER(keyturn_admin)', noMariadb],
  ['mariadb-password-in-place', 'finishSecret · SET PASSWORD(app)', noMariadb],
  ['mysql-password', 'setSecret · ALTER USER(app)', noMysql],
  ['mysql-password-in-place', 'finishSecret · ALTER USER(app)', noMysql],
  ['overlapping', 'setSecret · COMMIT(admin)', ''],
];

const sampled: readonly Fault[] = ['crash-after', 'answer-lost', 'permanent', 'hangs-before'];

let ground: Ground;
beforeAll(async () => {
  ground = await startGround();
});
afterAll(() => ground.stop());

const clean = (combination: Combination, course: Course = 'first') =>
  ({ combination, course, service: 'gives-up', faults: new Map<number, Fault>() }) as const;

for (const [combination, change, missing] of rows) {
  describe.skipIf(missing)(`${combination}${missing}`, () => {
    test.each(sampled)(`survives at ${change}, with nobody calling again: %s`, async (fault) => {
      const { points } = await runVariant(ground, clean(combination));
      const at = points.findIndex((point) => titleOf(point) === change);

      const variant = { ...clean(combination), faults: new Map([[at, fault]]) };
      const { violations, trail } = await runVariant(ground, variant);

      expect(violations, trail.join('\n')).toEqual([]);
      expect(trail.join('\n')).toContain(`${change}  ← ${fault}`);
    });

    test('two recordings of the same rollback are the same', async () => {
      const first = await runVariant(ground, clean(combination, 'rollback'));
      const again = await runVariant(ground, clean(combination, 'rollback'));

      expect(again.points).toEqual(first.points);
      expect(first.violations).toEqual([]);
    });

    test('of two that finish the same rotation neither waits for ever', async () => {
      const { trace, violations } = await runMeeting(ground, {
        combination,
        scenario: scenarioNamed('finishSecret twice'),
        order: orderOf('A4 B*'),
      });

      expect(trace.map(({ actor }) => actor).join('')).toMatch(/^A{4}B+A+$/);
      expect(violations).toEqual([]);
    });
  });
}
