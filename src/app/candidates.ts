import { isRetired, jsonOf, type Snapshot } from './snapshot.ts';
import { believed } from './beliefs.ts';
import { lookAgain, valueIn, type Versions } from './versions.ts';

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

/** A look may take so long in any case, in ms: after a slow attempt there would be none. */
const grace = 1_000;

/**
 * What may be accepted, likeliest first: what is in memory, then what became current since, pending,
 * previous; then, with growing pauses, what becomes current or pending. The same may come again.
 * Reads are shared by everybody who searches, one in 5 s of the current version at first, one a second
 * in the waiting; less with a shorter TTL. A read that hangs is left a second after the end, or after the
 * last attempt where that is later.
 * Throws a TypeError where the time is none.
 */
export async function* candidates(
  versions: Versions,
  { withinMs = 60_000, signal }: Search,
): AsyncGenerator<Candidate> {
  if (!(withinMs >= 0)) throw notATime();
  const { current, previous, pending, clock, limits } = versions;
  const [rarely, often] = [Math.min(5_000, limits.ttl / 60), Math.min(1_000, limits.ttl / 300)];
  const end = clock.now() + withinMs;
  let refusedAt = clock.now();
  const inTime = <T>(look: () => Promise<T>) =>
    unlessOver(look, { clock, until: Math.max(end, refusedAt) + grace, signal });

  // Without a value in memory there is nothing to try.
  await (current.peek() ? inTime(() => current.ready()) : current.ready());
  yield likeliest(versions);
  refusedAt = clock.now();
  const looks = [
    () => lookAgain(versions, { purpose: 'refused', notWithinMs: rarely }),
    () => pending.within(often),
    async () => unlessRetired(await previous.within(rarely)),
  ];
  for (const look of looks) yield* seenBy(look);

  const isOver = () => clock.now() >= end || signal?.aborted === true;
  for (let wait = 1_000; !isOver(); wait *= 1.5) {
    const pause = Math.min(wait, longestWait) * (0.5 + clock.random() / 2);
    await clock.sleep(Math.min(pause, end - clock.now()), signal);
    const newer = () => lookAgain(versions, { purpose: 'waiting', notWithinMs: often });
    for (const look of [newer, () => pending.within(often)]) {
      yield* seenBy(look);
    }
  }

  async function* seenBy(look: () => Promise<Snapshot<object> | undefined>) {
    const version = await inTime(look);
    if (version === undefined) return;
    yield candidateOf(version);
    refusedAt = clock.now();
  }
}

/** A version of which nothing is accepted any more is as good as not there. */
export const unlessRetired = <Version extends Snapshot<object>>(
  version: Version | undefined,
): Version | undefined => (version && isRetired(version) ? undefined : version);

interface Limit extends Pick<Search, 'signal'> {
  readonly clock: Versions['clock'];
  /** In ms since 1970. */
  readonly until: number;
}

/** A look that nobody waits for any more goes on: others may share it. */
function unlessOver<T>(
  look: () => Promise<T>,
  { clock, until, signal }: Limit,
): Promise<T | undefined> {
  const ms = until - clock.now();
  if (signal?.aborted || ms <= 0) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const stop = () => resolve(undefined);
    signal?.addEventListener('abort', stop, { once: true });
    const callOff = ms < Infinity ? clock.after(ms, stop) : stop;
    const done = () => {
      signal?.removeEventListener('abort', stop);
      callOff();
    };
    look().then(resolve, reject).finally(done).catch(reject);
  });
}

/** Whatever is given without a trial, too. To be told apart, it stays what it was when it was yielded. */
function likeliest(versions: Versions): Candidate {
  const snapshot = versions.current.get();
  const proven = new Map(
    [...versions.proven.keys()].map((key) => [key, believed(versions, key)] as const),
  );
  return {
    version: undefined,
    valueOf: (key) => valueIn(proven.get(key) ?? snapshot, key),
    text: () => jsonOf(snapshot.document),
  };
}

const candidateOf = (version: Snapshot<object>): Candidate => ({
  version,
  valueOf: (key) => valueIn(version, key),
  text: () => jsonOf(version.document),
});

const notATime = () =>
  new TypeError('The option withinMs must be a time in milliseconds, and not negative.');
