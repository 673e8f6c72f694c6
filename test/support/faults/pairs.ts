import {
  array,
  asyncProperty,
  check,
  constantFrom,
  defaultReportMessage,
  nat,
  record,
  tuple,
  type Arbitrary,
} from 'fast-check';
import { combinationsOf, type Scope } from './combinations.ts';
import type { Fault } from './fault.ts';
import type { Ground } from './ground.ts';
import { faultsAt } from './extent.ts';
import { runVariant } from './rotation-run.ts';
import { courses, idOf, services, type Variant } from './variant.ts';

export interface Sampled {
  readonly seed: number;
  readonly runs: number;
  /** What fast-check says of the first failure, with the shrunk variant. */
  readonly failure: string | undefined;
}

interface Sample {
  readonly scope: Scope;
  readonly seed: number;
  readonly runs: number;
}

/** Up to two faults in one run, sampled. The same seed samples the same. */
export async function samplePairs(ground: Ground, { scope, seed, runs }: Sample): Promise<Sampled> {
  const survives = asyncProperty(variantsOf(scope), async (variant) => {
    const chosen = await chooseAt(ground, scope, variant);
    const { violations } = await runVariant(ground, chosen);
    if (violations.length > 0) throw new Error(`${idOf(chosen)}: ${violations.join('; ')}`);
  });
  const details = await check(survives, { seed, numRuns: runs });
  return {
    seed,
    runs: details.numRuns,
    failure: details.failed ? defaultReportMessage(details) : undefined,
  };
}

interface Chosen extends Omit<Variant, 'faults'> {
  /** Places in the run and in the list of faults, as parts of their lengths. */
  readonly at: readonly (readonly [place: number, fault: number])[];
}

const variantsOf = (scope: Scope): Arbitrary<Chosen> =>
  record({
    combination: constantFrom(...combinationsOf[scope].toReversed()),
    course: constantFrom(...courses),
    service: constantFrom(...services),
    at: array(tuple(nat(9_999), nat(9_999)), { minLength: 1, maxLength: 2 }),
  });

/** The second fault is placed by a run with the first, since that takes another course. */
async function chooseAt(
  ground: Ground,
  scope: Scope,
  { at, ...variant }: Chosen,
): Promise<Variant> {
  const chosen = new Map<number, Fault>();
  let from = 0;
  for (const [place, which] of at) {
    const { points } = await runVariant(ground, { ...variant, faults: chosen });
    const left = points.slice(from);
    const point = left[Math.floor((place / 10_000) * left.length)];
    if (!point) break;
    const possible = faultsAt(scope, point);
    const fault = possible[Math.floor((which / 10_000) * possible.length)];
    if (fault) chosen.set(point.index, fault);
    from = point.index + 1;
  }
  return { ...variant, faults: chosen };
}
