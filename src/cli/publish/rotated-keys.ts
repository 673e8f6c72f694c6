import type { DerivedKey } from '../../rotation/inspection.ts';
import { isAsBuilt } from '../../rotation/as-built.ts';
import type { Plan } from '../../rotation/plan.ts';
import type { Rotator } from '../../rotation/rotator.ts';
import type { SecretDocument } from '../../rotation/secret-document.ts';
import { Failure } from '../failure.ts';
import { ownRotation, planFor, type Configure } from '../init/configured.ts';
import type { InspectionAnswer } from '../inspection.ts';

/** The keys of one rotator, and which of them the secret need not have. */
export type RotatedKeys = Pick<Rotator, 'key' | 'changes' | 'optional'>;

/** Which keys of a secret belong together, and which are built from others. */
export interface KeysOfSecret {
  readonly rotated: readonly RotatedKeys[];
  /** Absent where no function said it. */
  readonly derived?: readonly DerivedKey[] | undefined;
}

/**
 * As the function that rotates the secret says. What one of an earlier Keyturn does not say comes
 * from `rotation.config.ts` of this folder, which may be another than it was deployed with.
 */
export function keysToldBy({ name, keys, derived }: InspectionAnswer): KeysOfSecret {
  const own = ownPlan(name)?.rotators ?? [];
  const optionalOf = (key: string) => own.find((each) => each.key === key)?.optional ?? [];
  const rotated = keys.map(({ key, changes, optional }) => ({
    key,
    changes,
    optional: optional ?? optionalOf(key),
  }));
  return { rotated, derived };
}

/** By `rotation.config.ts` of this folder: for a secret that no function rotates, or none that answers. */
export const keysConfiguredFor = (name: string): KeysOfSecret => ({
  rotated: ownPlan(name)?.rotators ?? [],
});

/** How `rotation.config.ts` of this folder rotates a secret; `undefined` where it does not know it. */
export function ownPlan(name: string, configure: Configure = ownRotation): Plan | undefined {
  try {
    return planFor(configure, name);
  } catch (error) {
    if (error instanceof Failure && error.code === 'SECRET_NOT_CONFIGURED') return undefined;
    throw error;
  }
}

/**
 * Whether a plan builds the keys that the function does, and the same of what is current. Where that
 * does not hold what the function would build, only the names can be compared.
 */
export function buildsAlike(
  plan: Plan | undefined,
  derived: readonly DerivedKey[],
  current: SecretDocument,
): boolean {
  const names = Object.keys(plan?.derived ?? {});
  return (
    names.length === derived.length &&
    derived.every(
      ({ key, asBuilt }) =>
        plan && names.includes(key) && (!asBuilt || isAsBuilt(plan, current, key)),
    )
  );
}
