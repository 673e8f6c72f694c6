import { setTimeout } from 'node:timers/promises';

/** One thing that somebody does with the application, over and over. */
export interface Workload {
  /** The key of the secret that it stands on. */
  readonly key: string;
  /** Between two requests, in ms. */
  readonly pauseMs: number;
  /** Throws, with what happened, where the application does not serve it. */
  request(): Promise<void>;
}

export interface Count {
  readonly served: number;
  readonly failed: number;
}

export type Counts = Readonly<Record<string, Count>>;

export interface Traffic {
  /** Requests so far, by key. */
  counts(): Counts;
  /** What happened to the ones that failed; the latest twenty. */
  failures(): readonly string[];
  /** Lets the requests under way come to their end. */
  stop(): Promise<void>;
}

const keptFailures = 20;

/** Runs every workload side by side until it is stopped. */
export function startTraffic(workloads: readonly Workload[]): Traffic {
  const state = { running: true };
  const tallies = new Map<string, Count>();
  const failures: string[] = [];

  async function once(workload: Workload): Promise<void> {
    const { key } = workload;
    try {
      await workload.request();
      add(tallies, key, { served: 1, failed: 0 });
    } catch (error) {
      add(tallies, key, { served: 0, failed: 1 });
      failures.push(`${key}: ${error instanceof Error ? error.message : 'unknown'}`);
      if (failures.length > keptFailures) failures.shift();
    }
  }
  const loops = workloads.map(async (workload) => {
    while (state.running) {
      await once(workload);
      await setTimeout(workload.pauseMs);
    }
  });

  return {
    counts: () => Object.fromEntries(tallies),
    failures: () => [...failures],
    async stop() {
      state.running = false;
      await Promise.all(loops);
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
