import type { FailureKind } from './failure-kind.ts';

/** In ms, each of them. */
export interface Limits {
  readonly ttl: number;
  /** How long a value is served past its TTL while its refreshes fail in ways that pass. */
  readonly staleFor: number;
}

export const defaultLimits: Limits = { ttl: 300_000, staleFor: 3_600_000 };

/** How soon after a fetch the next is due: anywhere in the second half of the TTL. */
export const dueAfter = ({ ttl }: Limits, random: () => number): number =>
  ttl * (0.5 + random() / 2);

/** The wait after so many failures in a row: 1 s, doubled each time, 128 s at most, half of it chance. */
export function backOff(failures: number, random: () => number): number {
  const longest = 1_000 * Math.min(128, 2 ** (failures - 1));
  return longest * (0.5 + random() / 2);
}

/**
 * The age at which a value is served no more, while refreshes fail. What AWS refused may have been
 * taken away on purpose; a version that cannot be used says nothing against the one before.
 */
export function oldestServed({ ttl, staleFor }: Limits, kind: FailureKind): number {
  switch (kind) {
    case 'transient':
      return ttl + staleFor;
    case 'definitive':
      return 2 * ttl;
    case 'invalid':
      return Infinity;
  }
}
