import { bookRetirement } from './book-retirement.ts';
import { heal } from './heal.ts';
import { note, type Rotation } from './rotation.ts';
import { hasLabel, labels, readCurrent, versionWith } from './secret-store.ts';

/**
 * A step called again after the commit point: proves that the published credentials work, heals
 * them if not, and books the retirement again, since an earlier call may have died before it did.
 */
export async function verifyCommitted(rotation: Rotation): Promise<void> {
  const { secret } = rotation;
  note(rotation, 'already-current', 'The version of this token is current already.');
  const description = await secret.describe();
  const current = await readCurrent(secret, description);
  await heal(rotation, description, current);
  if (rotation.step !== 'finishSecret') return;

  const versionId = versionWith(description, labels.previous);
  if (!versionId || hasLabel(description, versionId, labels.retired)) return;
  const previous = await secret.read({ versionId, label: labels.previous });
  if (previous) await bookRetirement(rotation, { pending: current, current: previous });
}
