import { setTimeout } from 'node:timers/promises';

/** One request of the application, made over and over. Throws or answers false when it failed. */
export interface Workload {
  /** The key of the secret that it stands on. */
  readonly key: string;
  /** Between two requests, in ms. */
  readonly pauseMs: number;
  request(): Promise<boolean>;
  close?(): Promise<void>;
}

export interface Count {
  readonly served: number;
  readonly failed: number;
}

export type Counts = Readonly<Record<string, Count>>;

export interface Traffic {
  /** Requests so far, by key. */
  counts(): Counts;
  stop(): Promise<void>;
}

/** Runs every workload side by side until it is stopped. */
export function startTraffic(workloads: readonly Workload[]): Traffic {
  const state = { running: true };
  const tallies = new Map<string, Count>();
  const loops = workloads.map(async (workload) => {
    while (state.running) {
      const served = await workload.request().catch(() => false);
      add(tallies, workload.key, { served: served ? 1 : 0, failed: served ? 0 : 1 });
      await setTimeout(workload.pauseMs);
    }
  });

  return {
    counts: () => Object.fromEntries(tallies),
    async stop() {
      state.running = false;
      await Promise.all(loops);
      for (const workload of workloads) await workload.close?.();
    },
  };
}

/** What came between two countings. */
export function countsSince(before: Counts, after: Counts): Counts {
  return Object.fromEntries(
    Object.entries(after).map(([key, { served, failed }]) => [
      key,
      {
        served: served - (before[key]?.served ?? 0),
        failed: failed - (before[key]?.failed ?? 0),
      },
    ]),
  );
}

function add(tallies: Map<string, Count>, key: string, { served, failed }: Count): void {
  const tally = tallies.get(key) ?? { served: 0, failed: 0 };
  tallies.set(key, { served: tally.served + served, failed: tally.failed + failed });
}
