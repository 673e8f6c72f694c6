import type { Snapshot } from './snapshot.ts';
import { valueIn, type Versions } from './versions.ts';

/** The value that a key is most likely accepted with: the proven one, or else the current one. Throws. */
export const likelyValue = (versions: Versions, key: string): unknown =>
  valueIn(likelyVersion(versions, key), key);

/** The version that this value is of. Throws. */
export function likelyVersion(versions: Versions, key: string): Snapshot<object> {
  // Asked for in any case: it refuses what is too old, and has it read anew where that is due.
  const snapshot = versions.current.get();
  return believed(versions, key) ?? snapshot;
}

type Believing = Pick<Versions, 'proven' | 'pending' | 'previous' | 'clock'>;

/** The version that a key is believed to have its value of, while it is pending or previous still. */
export function believed(
  { proven, pending, previous, clock }: Believing,
  key: string,
): Snapshot<object> | undefined {
  const belief = proven.get(key);
  if (belief === undefined) return undefined;
  const { version, until } = belief;
  const isLabelled = [pending.known, previous.known].some(
    (known) => known?.versionId === version.versionId,
  );
  if (isLabelled && clock.now() < until) return version;
  proven.delete(key);
  return undefined;
}

interface Accepted {
  /** Undefined where each key had its likeliest. */
  readonly version: Snapshot<object> | undefined;
  /** By key: the passwords of connections. What else was asked for may have been refused unheard. */
  readonly passwords: ReadonlyMap<string, unknown>;
}

/** What connections were opened with is given from now on for a TTL, also where nothing is retried. */
export function believe(versions: Versions, { version, passwords }: Accepted): void {
  const { proven, current, clock, limits } = versions;
  const until = clock.now() + limits.ttl;
  for (const [key, value] of passwords) {
    const accepted = version ?? believed(versions, key);
    if (accepted === undefined || !Object.is(valueIn(accepted, key), value)) continue;
    if (accepted.versionId === current.peek()?.versionId) proven.delete(key);
    else proven.set(key, { version: accepted, until });
  }
}

/** What was refused is believed no more. */
export function doubt({ proven }: Versions, refused: ReadonlyMap<string, unknown>): void {
  for (const [key, value] of refused) {
    const belief = proven.get(key);
    if (belief && Object.is(valueIn(belief.version, key), value)) proven.delete(key);
  }
}
