import type { Snapshot } from './snapshot.ts';
import { likelyValue, lookAgain, type Versions } from './versions.ts';

/** Values that may be accepted. */
export interface Candidate {
  /** The version they are all of; undefined where each key has its likeliest. */
  readonly version: Snapshot<object> | undefined;
  valueOf(key: string): unknown;
  /** All of them, to tell two candidates apart. */
  text(): string;
}

export interface Search {
  /** How long a version that works is waited for, in ms. */
  readonly withinMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The longest wait between two looks, in ms. */
const longestWait = 8_000;

/**
 * What may be accepted, likeliest first: what is in memory, then what became current since, pending,
 * previous; then, with growing pauses, what becomes current or pending. The same may come again.
 * Reads are shared by everybody who searches, one in 5 s of the current version at first, one a second
 * in the waiting; less with a shorter TTL.
 */
export async function* candidates(
  versions: Versions,
  { withinMs = 60_000, signal }: Search,
): AsyncGenerator<Candidate> {
  const { current, previous, pending, clock, limits } = versions;
  const [rarely, often] = [Math.min(5_000, limits.ttl / 60), Math.min(1_000, limits.ttl / 300)];
  const end = clock.now() + withinMs;

  await current.ready();
  yield likeliest(versions);
  yield* some(await lookAgain(versions, { purpose: 'refused', notWithinMs: rarely }));
  yield* some(await pending.within(often));
  yield* some(await previous.within(rarely));

  const isOver = () => clock.now() >= end || signal?.aborted === true;
  for (let wait = 1_000; !isOver(); wait *= 1.5) {
    await clock.sleep(Math.min(wait, longestWait) * (0.5 + clock.random() / 2), signal);
    yield* some(await lookAgain(versions, { purpose: 'waiting', notWithinMs: often }));
    yield* some(await pending.within(often));
  }
}

/** Whatever is given without a trial, too. */
const likeliest = (versions: Versions): Candidate => ({
  version: undefined,
  valueOf: (key) => likelyValue(versions, key),
  text: () => JSON.stringify(Object.entries(versions.current.get().document)),
});

function* some(version: Snapshot<object> | undefined): Generator<Candidate> {
  if (version)
    yield {
      version,
      valueOf: (key) => Reflect.get(version.values, key),
      text: () => JSON.stringify(Object.entries(version.document)),
    };
}
