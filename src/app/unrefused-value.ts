import { valueAt } from './snapshot.ts';
import { likelyValue, lookAgain, type Versions } from './versions.ts';

/** Values of a key, for what goes on trying in the background, where no trial reaches. */
export interface UnrefusedValue {
  /** The likeliest that was not refused; of those that were, the one whose refusal is longest ago. Throws. */
  likeliest(): unknown;
  /** Reads what else there is, in the background, at most once a second. */
  refused(value: unknown): void;
}

/** So many refusals are remembered: the values of current, pending and previous, and an older one. */
const most = 4;

/** Tried in this order: what was proven or is current, then pending, then previous. */
export function unrefusedValue(versions: Versions, key: string): UnrefusedValue {
  const { current, pending, previous } = versions;
  let refusals: readonly unknown[] = [];

  return {
    likeliest() {
      const others = [current.get(), pending.known, previous.known]
        .map((version) => version && valueAt(version.values, key))
        .filter((value) => value !== undefined);
      return longestAgo([likelyValue(versions, key), ...others], refusals);
    },
    refused(value) {
      refusals = [...refusals.filter((one) => one !== value), value].slice(-most);
      void lookForOthers(versions);
    },
  };
}

/** The first that is not among the refusals, or else the earliest of them. */
const longestAgo = (values: readonly unknown[], refusals: readonly unknown[]): unknown =>
  values.toSorted((one, other) => refusals.indexOf(one) - refusals.indexOf(other))[0];

/** Never throws: what cannot be read is as good as not there. */
async function lookForOthers(versions: Versions): Promise<void> {
  const { pending, previous, limits } = versions;
  const [rarely, often] = [Math.min(5_000, limits.ttl / 60), Math.min(1_000, limits.ttl / 300)];
  await Promise.all([
    lookAgain(versions, { purpose: 'waiting', notWithinMs: often }),
    pending.within(often),
    previous.within(rarely),
  ]);
}
