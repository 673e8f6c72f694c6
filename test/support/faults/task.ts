import { explore, scenarioNamed, type Explored } from './exploration.ts';
import type { Ground } from './ground.ts';
import { slices, sweep, type Cell, type Slice } from './matrix.ts';
import { samplePairs, type Sampled } from './pairs.ts';
import { scenarios } from './scenarios.ts';

/** A piece of work for one process. */
export type Task =
  | { readonly kind: 'slice'; readonly slice: Slice }
  | { readonly kind: 'scenario'; readonly name: string }
  | { readonly kind: 'pairs'; readonly seed: number; readonly runs: number };

export type Result =
  | { readonly kind: 'slice'; readonly cells: readonly Cell[] }
  | { readonly kind: 'scenario'; readonly explored: Explored }
  | { readonly kind: 'pairs'; readonly sampled: Sampled };

const pairsPerTask = 60;

/** Everything there is to try; the pairs are sampled from this seed. */
export const allTasks = (seed: number): Task[] => [
  ...scenarios.map(({ name }): Task => ({ kind: 'scenario', name })).toReversed(),
  ...slices.map((slice): Task => ({ kind: 'slice', slice })),
  ...[0, 1, 2, 3].map((n): Task => ({ kind: 'pairs', seed: seed + n, runs: pairsPerTask })),
];

export async function perform(ground: Ground, task: Task): Promise<Result> {
  switch (task.kind) {
    case 'slice':
      return { kind: 'slice', cells: await sweep(ground, task.slice) };
    case 'scenario':
      return { kind: 'scenario', explored: await explore(ground, scenarioNamed(task.name)) };
    case 'pairs':
      return { kind: 'pairs', sampled: await samplePairs(ground, task.seed, task.runs) };
  }
}
