import { availableParallelism, loadavg } from 'node:os';
import { earlier } from './earlier.ts';
import type { Start } from './starts.ts';
import type { Step } from './steps.ts';

/** How many times as long as bare Node a function may take until it can be called. */
const limit = 3;

export interface Measured {
  readonly runs: number;
  readonly loadBefore: number;
  readonly starts: readonly Start[];
  readonly steps: readonly Step[];
}

/** All that a run found out, for `--json`. */
export interface Report extends Omit<Measured, 'loadBefore'> {
  readonly machine: {
    readonly node: string;
    readonly platform: string;
    readonly cores: number;
    /** Processes that wanted a core before the run and at its end, as averages of a minute. */
    readonly load: readonly [number, number];
  };
  /** Whether both functions keep to the limit. Nothing fails where they do not. */
  readonly target: {
    readonly timesBare: number;
    readonly reached: Readonly<Record<string, number>>;
    readonly met: boolean;
  };
  /** Of one clean rotation: what its four steps call Secrets Manager. */
  readonly secretsManagerCalls: number;
  readonly earlier: typeof earlier;
}

export function reportOf({ loadBefore, ...measured }: Measured): Report {
  const reached = measured.starts
    .filter(({ name }) => name === 'rotate-secret' || name === 'reconcile-secret')
    .map(({ name, timesBare }) => [name, timesBare.median] as const);
  return {
    machine: {
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
      cores: availableParallelism(),
      load: [loadBefore, loadNow()],
    },
    ...measured,
    target: {
      timesBare: limit,
      reached: Object.fromEntries(reached),
      met: reached.every(([, timesBare]) => timesBare <= limit),
    },
    secretsManagerCalls: callsOfRotation(measured.steps),
    earlier,
  };
}

/** Zero on systems that do not count it. */
export const loadNow = (): number => loadavg()[0] ?? 0;

const callsOfRotation = (steps: readonly Step[]) =>
  steps
    .filter(({ name }) => name.endsWith('Secret'))
    .reduce((sum, { calls }) => sum + (calls['secretsmanager'] ?? 0), 0);
