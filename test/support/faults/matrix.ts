import { combinationsOf, type Combination, type Scope } from './combinations.ts';
import { coursesOf, faultsAt, pointsOf, servicesOf } from './extent.ts';
import type { Fault } from './fault.ts';
import type { Ground } from './ground.ts';
import { titleOf } from './point.ts';
import { runVariant, type Followed } from './rotation-run.ts';
import { sideBySide } from './side-by-side.ts';
import { idOf, type Course, type Service, type Variant } from './variant.ts';

/** A part of the matrix, small enough that several processes can share the whole. */
export interface Slice {
  readonly scope: Scope;
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

/** In how many parts a course of a combination is tried. */
const parts: Readonly<Record<Scope, number>> = { 'reminder-app': 4, servers: 2 };

/** All slices, the longest first. */
export const slicesOf = (scope: Scope): readonly Slice[] =>
  combinationsOf[scope].toReversed().flatMap((combination) =>
    coursesOf(scope, combination).flatMap((course) => {
      const of = parts[scope];
      return Array.from({ length: of }, (_, part) => ({ scope, combination, course, part, of }));
    }),
  );

/** Records a clean run, and runs it again with every fault at every call of it. */
export async function sweep(ground: Ground, slice: Slice): Promise<readonly Cell[]> {
  const { scope, combination, course, part, of } = slice;
  const clean: Variant = { combination, course, service: 'retries', faults: new Map() };
  const { points, violations } = await runVariant(ground, clean);
  if (violations.length > 0) throw new Error(`${idOf(clean)} fails: ${violations.join('; ')}`);

  const cells: Cell[] = [];
  const followed: Followed = new Set();
  const mine = pointsOf(slice, points).filter((_, index) => index % of === part);
  const pairs = mine.flatMap((point) => faultsAt(scope, point).map((fault) => ({ point, fault })));
  await sideBySide(pairs, async ({ point, fault }) => {
    const variant = { ...clean, faults: new Map([[point.index, fault]]) };
    const tried = await tryOut(ground, variant, { followed, services: servicesOf(slice) });
    cells.push({ title: titleOf(point), fault, ...tried });
  });
  return cells;
}

interface Trial {
  readonly followed: Followed;
  readonly services: readonly Service[];
}

async function tryOut(ground: Ground, variant: Variant, { followed, services }: Trial) {
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
