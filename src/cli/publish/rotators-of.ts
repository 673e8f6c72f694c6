import type { Rotator } from '../../rotation/rotator.ts';
import { Failure } from '../failure.ts';
import { ownRotation, planFor } from '../init/configured.ts';

/** The rotators of a secret by rotation.config.ts of this folder; none where that does not know it. */
export function rotatorsOf(name: string): readonly Rotator[] {
  try {
    return planFor(ownRotation, name).rotators;
  } catch (error) {
    if (error instanceof Failure && error.code === 'SECRET_NOT_CONFIGURED') return [];
    throw error;
  }
}
