import { combinationsOf, type Scope } from './combinations.ts';
import { explore, type Encounter, type Explored } from './exploration.ts';
import type { Ground } from './ground.ts';
import { slicesOf, sweep, type Cell, type Slice } from './matrix.ts';
import {
  repairSlicesOf,
  sweepRepairs,
  type RepairSlice,
  type RepairSwept,
} from './repair-sweep.ts';
import { samplePairs, type Sampled } from './pairs.ts';
import { scenariosOf } from './scenarios.ts';

/** A piece of work for one process. */
export type Task =
  | { readonly kind: 'slice'; readonly slice: Slice }
  | { readonly kind: 'scenario'; readonly encounter: Encounter }
  | { readonly kind: 'repairs'; readonly slice: RepairSlice }
  | {
      readonly kind: 'pairs';
      readonly scope: Scope;
      readonly seed: number;
      readonly runs: number;
    };

export type Result =
  | { readonly kind: 'slice'; readonly cells: readonly Cell[] }
  | { readonly kind: 'scenario'; readonly explored: Explored }
  | { readonly kind: 'repairs'; readonly swept: RepairSwept }
  | { readonly kind: 'pairs'; readonly sampled: Sampled };

const pairsPerTask = 60;

/** Everything there is to try; the pairs are sampled from this seed. */
export const allTasks = (scope: Scope, seed: number): Task[] => [
  ...encountersOf(scope).map((encounter): Task => ({ kind: 'scenario', encounter })),
  ...slicesOf(scope).map((slice): Task => ({ kind: 'slice', slice })),
  ...repairSlicesOf(scope).map((slice): Task => ({ kind: 'repairs', slice })),
  ...[0, 1, 2, 3].map((n): Task => ({ kind: 'pairs', scope, seed: seed + n, runs: pairsPerTask })),
];

/** The shipped configuration's stand for all of the Reminder App's. */
function encountersOf(scope: Scope): readonly Encounter[] {
  const combinations = scope === 'reminder-app' ? (['all'] as const) : combinationsOf[scope];
  return combinations
    .flatMap((combination) =>
      scenariosOf(combination).map(({ name }): Encounter => ({ combination, name })),
    )
    .toReversed();
}

export async function perform(ground: Ground, task: Task): Promise<Result> {
  switch (task.kind) {
    case 'slice':
      return { kind: 'slice', cells: await sweep(ground, task.slice) };
    case 'scenario':
      return { kind: 'scenario', explored: await explore(ground, task.encounter) };
    case 'repairs':
      return { kind: 'repairs', swept: await sweepRepairs(ground, task.slice) };
    case 'pairs':
      return { kind: 'pairs', sampled: await samplePairs(ground, task) };
  }
}
