import { unlessRetired } from './candidates.ts';
import type { Snapshot } from './snapshot.ts';
import { likelyValue } from './beliefs.ts';
import { lookAgain, valueIn, type Versions } from './versions.ts';

/** Values of a key, for what goes on trying in the background, where no trial reaches. */
export interface UnrefusedValue {
  /** The likeliest that was not refused; of those that were, the one whose refusal is longest ago. Throws. */
  likeliest(): unknown;
  /** Reads what else there is, in the background, at most once a second. */
  refused(value: unknown): void;
}

/** So many refusals are remembered: the values of current, pending and previous, and an older one. */
const most = 4;

/** Of the versions that there are whenever a value is asked for. */
export function unrefusedValue(see: () => Versions, key: string): UnrefusedValue {
  let refusals: readonly unknown[] = [];

  return {
    likeliest() {
      const versions = see();
      const others = [versions.pending.known, unlessRetired(versions.previous.known)];
      return likeliestBut(refusals, versions, { key, others });
    },
    refused(value) {
      refusals = [...refusals.filter((one) => one !== value), value].slice(-most);
      void lookForOthers(see());
    },
  };
}

interface Alternatives {
  readonly key: string;
  readonly others: readonly (Snapshot<object> | undefined)[];
}

/**
 * The first value that is not among the refusals, or else the earliest of them, in this order: what was
 * proven, what is current, and those of the other versions. Reads nothing, and throws as `get` does.
 */
export function likeliestBut(
  refusals: readonly unknown[],
  versions: Versions,
  { key, others }: Alternatives,
): unknown {
  const likely = likelyValue(versions, key);
  if (!refusals.includes(likely)) return likely;
  const values = [versions.current.get(), ...others]
    .map((version) => version && valueIn(version, key))
    .filter((value) => value !== undefined);
  return [likely, ...values].toSorted(
    (one, other) => refusals.indexOf(one) - refusals.indexOf(other),
  )[0];
}

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
