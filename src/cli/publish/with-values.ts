import { RotationError } from '../../rotation/errors.ts';
import { assertSize, rebuildDerived } from '../../rotation/plan.ts';
import type { JsonValue, SecretDocument } from '../../rotation/secret-document.ts';
import { Failure } from '../failure.ts';
import { ownRotation, planFor, type Configure } from '../init/configured.ts';

interface Change {
  /** The name of the secret, which rotation.config.ts goes by. */
  readonly name: string;
  readonly document: SecretDocument;
  readonly values: Readonly<Record<string, JsonValue>>;
}

/**
 * The document with these values: every other byte stays as it was, but for the keys that
 * rotation.config.ts builds from others. Throws a Failure where it would grow too large.
 */
export function withValues(
  { name, document, values }: Change,
  configure: Configure = ownRotation,
): SecretDocument {
  const changed = document.with(values);
  try {
    const plan = planFor(configure, name);
    const rebuilt = rebuildDerived(plan, changed);
    assertSize(rebuilt);
    return rebuilt;
  } catch (error) {
    if (error instanceof Failure && error.code === 'SECRET_NOT_CONFIGURED') return changed;
    if (error instanceof RotationError) throw new Failure(error.code, error.message);
    throw error;
  }
}
