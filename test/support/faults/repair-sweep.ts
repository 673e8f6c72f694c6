import { combinationsOf, type Combination, type Scope } from './combinations.ts';
import { idOfDamage, type Damage } from './damage.ts';
import { changes, coursesOf, faultsAt } from './extent.ts';
import type { Fault } from './fault.ts';
import type { Ground } from './ground.ts';
import type { Failure } from './matrix.ts';
import { runRepaired } from './repair-run.ts';
import type { Followed } from './rotation-run.ts';
import { sideBySide } from './side-by-side.ts';
import type { Course } from './variant.ts';

export interface RepairSlice {
  readonly scope: Scope;
  readonly combination: Combination;
  readonly course: Course;
}

export interface RepairSwept {
  /** Runs with a fault after which nobody calls again. */
  readonly runs: number;
  /** How many different secrets that left. */
  readonly states: number;
  /** Repairs of these that died, or failed, at one of their changes. */
  readonly disturbed: number;
  readonly failures: readonly Failure[];
}

/** Of the Reminder App's, each situation; of the others, what only the rotator makes different. */
export const repairSlicesOf = (scope: Scope): readonly RepairSlice[] =>
  combinationsOf[scope].flatMap((combination) =>
    coursesOf(scope, combination).map((course) => ({ scope, combination, course })),
  );

/** What befalls a repair at each call by which it changes something. */
const disturbances: readonly Fault[] = ['crash-before', 'crash-after', 'answer-lost'];

/**
 * Runs into every fault at every call, tells the secrets that this leaves apart by all that can be
 * seen of them and their systems, repairs one of each kind, and repairs it again with a fault at each
 * change that the repair makes.
 */
export async function sweepRepairs(ground: Ground, slice: RepairSlice): Promise<RepairSwept> {
  const { combination, course } = slice;
  const clean = { combination, course };
  const { points } = await runRepaired(ground, { ...clean, faults: new Map() });
  const failures: Failure[] = [];
  const swept = { runs: 0, states: 0, disturbed: 0 };
  const [damaged, followed]: readonly [Followed, Followed] = [new Set(), new Set()];
  const run = async (damage: Damage, seen: Followed = new Set()) => {
    const repaired = await runRepaired(ground, damage, { damaged: seen, followed });
    const { violations } = repaired;
    if (violations.length > 0) failures.push({ id: idOfDamage(damage), violations });
    return repaired;
  };

  const damages = points.flatMap((point) =>
    faultsAt(slice.scope, point).map((fault) => new Map([[point.index, fault]])),
  );
  await sideBySide(damages, async (faults) => {
    const damage = { ...clean, faults };
    const { ways, repairPoints } = await run(damage, damaged);
    swept.runs += 1;
    if (!ways) return;
    swept.states += 1;
    for (const { index } of repairPoints.filter(changes)) {
      for (const fault of disturbances) {
        await run({ ...damage, repairFaults: new Map([[index, fault]]) });
        swept.disturbed += 1;
      }
    }
  });
  return { ...swept, failures };
}
