import type { Snapshot } from './snapshot.ts';
import { likelyValue, lookAgain, valueIn, type Versions } from './versions.ts';

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
  const looks = [
    () => lookAgain(versions, { purpose: 'refused', notWithinMs: rarely }),
    () => pending.within(often),
    () => previous.within(rarely),
  ];
  for (const look of looks) yield* some(await unlessAborted(look, signal));

  const isOver = () => clock.now() >= end || signal?.aborted === true;
  for (let wait = 1_000; !isOver(); wait *= 1.5) {
    await clock.sleep(Math.min(wait, longestWait) * (0.5 + clock.random() / 2), signal);
    const newer = () => lookAgain(versions, { purpose: 'waiting', notWithinMs: often });
    for (const look of [newer, () => pending.within(often)]) {
      yield* some(await unlessAborted(look, signal));
    }
  }
}

/** A look that nobody waits for any more goes on: others may share it. */
function unlessAborted<T>(look: () => Promise<T>, signal?: AbortSignal): Promise<T | undefined> {
  if (signal?.aborted) return Promise.resolve(undefined);
  const looking = look();
  if (!signal) return looking;
  return new Promise((resolve, reject) => {
    const stop = () => resolve(undefined);
    signal.addEventListener('abort', stop, { once: true });
    const done = () => signal.removeEventListener('abort', stop);
    looking.then(resolve, reject).finally(done).catch(reject);
  });
}

/** Whatever is given without a trial, too. It stays what it was when it was tried. */
function likeliest({ current, proven }: Versions): Candidate {
  const snapshot = current.get();
  const then = { current: { get: () => snapshot }, proven: new Map(proven) };
  return {
    version: undefined,
    valueOf: (key) => likelyValue(then, key),
    text: () => JSON.stringify(Object.entries(snapshot.document)),
  };
}

function* some(version: Snapshot<object> | undefined): Generator<Candidate> {
  if (version)
    yield {
      version,
      valueOf: (key) => valueIn(version, key),
      text: () => JSON.stringify(Object.entries(version.document)),
    };
}
