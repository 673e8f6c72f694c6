import { availableParallelism, loadavg } from 'node:os';

/** What a run was made on. */
export interface Machine {
  readonly node: string;
  readonly platform: string;
  readonly cores: number;
  /** Processes that wanted a core before the run and at its end, as averages of a minute. */
  readonly load: readonly [number, number];
}

/** At the end of a run. */
export const machineAfter = (loadBefore: number): Machine => ({
  node: process.version,
  platform: `${process.platform}-${process.arch}`,
  cores: availableParallelism(),
  load: [loadBefore, loadNow()],
});

/** Zero on systems that do not count it. */
export const loadNow = (): number => loadavg()[0] ?? 0;
