import { earlier } from './earlier.ts';
import { type Machine, machineAfter } from './machine.ts';
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
  readonly machine: Machine;
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
    machine: machineAfter(loadBefore),
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

const callsOfRotation = (steps: readonly Step[]) =>
  steps
    .filter(({ name }) => name.endsWith('Secret'))
    .reduce((sum, { calls }) => sum + (calls['secretsmanager'] ?? 0), 0);
