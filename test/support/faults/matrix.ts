import { combinationsOf, type Combination, type Scope } from './combinations.ts';
import { faultNames, type Fault } from './fault.ts';
import type { Ground } from './ground.ts';
import { isDatabase, titleOf, type Point } from './point.ts';
import { runVariant, type Followed } from './rotation-run.ts';
import { sideBySide } from './side-by-side.ts';
import { courses, idOf, services, type Course, type Variant } from './variant.ts';

/** A part of the matrix, small enough that several processes can share the whole. */
export interface Slice {
  readonly combination: Combination;
  readonly course: Course;
  /** Every `of`th point from `part` on. */
  readonly part: number;
  readonly of: number;
}

/** What became of one point under one fault, with every behaviour of Secrets Manager. */
export interface Cell {
  readonly title: string;
  readonly fault: Fault;
  readonly variants: number;
  readonly failures: readonly Failure[];
}

/** Something that was not survived; `id` runs it again. */
export interface Failure {
  readonly id: string;
  readonly violations: readonly string[];
}

const parts = 4;

/** All slices, the longest first. */
export const slicesOf = (scope: Scope): readonly Slice[] =>
  combinationsOf[scope]
    .toReversed()
    .flatMap((combination) =>
      courses.flatMap((course) =>
        Array.from({ length: parts }, (_, part) => ({ combination, course, part, of: parts })),
      ),
    );

/** Records a clean run, and runs it again with every fault at every call of it. */
export async function sweep(ground: Ground, slice: Slice): Promise<readonly Cell[]> {
  const { combination, course, part, of } = slice;
  const clean: Variant = { combination, course, service: 'retries', faults: new Map() };
  const { points, violations } = await runVariant(ground, clean);
  if (violations.length > 0) throw new Error(`${idOf(clean)} fails: ${violations.join('; ')}`);

  const cells: Cell[] = [];
  const followed: Followed = new Set();
  const mine = points.filter(({ index }) => index % of === part);
  const pairs = mine.flatMap((point) => faultsAt(point).map((fault) => ({ point, fault })));
  await sideBySide(pairs, async ({ point, fault }) => {
    const variant = { ...clean, faults: new Map([[point.index, fault]]) };
    cells.push({ title: titleOf(point), fault, ...(await tryOut(ground, variant, followed)) });
  });
  return cells;
}

/** The faults that can befall a call: only the clients of AWS send anything again by themselves. */
export const faultsAt = ({ system }: Point): readonly Fault[] =>
  system === 'Twilio' || isDatabase(system)
    ? faultNames.filter((fault) => fault !== 'sent-twice')
    : faultNames;

async function tryOut(ground: Ground, variant: Variant, followed: Followed) {
  const failures: Failure[] = [];
  let variants = 0;
  for (const service of services) {
    const tried = { ...variant, service };
    const { violations, stepFailed } = await runVariant(ground, tried, { followed });
    variants += 1;
    if (violations.length > 0) failures.push({ id: idOf(tried), violations });
    // Secrets Manager never saw it: however it behaves, the run is the same.
    if (!stepFailed) break;
  }
  return { variants, failures };
}
