import type { DerivedKey } from '../../rotation/inspection.ts';
import { RotationError } from '../../rotation/errors.ts';
import { assertSize, rebuildDerived } from '../../rotation/plan.ts';
import type { JsonValue, SecretDocument } from '../../rotation/secret-document.ts';
import { Failure } from '../failure.ts';
import { ownRotation, type Configure } from '../init/configured.ts';
import { printableName } from '../printable.ts';
import { buildsAlike, ownPlan } from './rotated-keys.ts';

interface Change {
  /** The name of the secret, which rotation.config.ts goes by. */
  readonly name: string;
  /** What is current. */
  readonly document: SecretDocument;
  readonly values: Readonly<Record<string, JsonValue>>;
  /** The keys that the rotation function builds from others; absent where it did not say. */
  readonly derived?: readonly DerivedKey[] | undefined;
}

/**
 * The document with these values: every other byte stays as it was, but for the keys that are built
 * from others. Those rotation.config.ts of this folder builds, and it must agree with the function
 * where that has said what it builds. Throws a Failure, also where the value would grow too large.
 */
export function withValues(
  { name, document, values, derived }: Change,
  configure: Configure = ownRotation,
): SecretDocument {
  const changed = document.with(values);
  const plan = derived?.length === 0 ? undefined : ownPlan(name, configure);
  if (derived && derived.length > 0 && !buildsAlike(plan, derived, document)) {
    throw builtElsewhere(derived);
  }
  try {
    const rebuilt = plan ? rebuildDerived(plan, changed) : changed;
    assertSize(rebuilt);
    return rebuilt;
  } catch (error) {
    if (error instanceof RotationError) throw new Failure(error.code, error.message);
    throw error;
  }
}

const builtElsewhere = (derived: readonly DerivedKey[]) =>
  new Failure(
    'CONFIG_MISMATCH',
    `The rotation function builds ${derived.map(({ key }) => printableName(key)).join(', ')} from other keys, ` +
      'and rotation.config.ts of this folder does not build the same, so that would not fit the new ' +
      'values. Run the same command in the folder that the function was deployed from. Nothing was changed.',
  );
