import { endAbandoned } from './abandoned-version.ts';
import { graceEnd, withGrace } from './grace.ts';
import { retire } from './retire.ts';
import { note, type Rotation } from './rotation.ts';
import { labels, versionWith, type SecretDescription, type SecretVersion } from './secret-store.ts';
import { readSuperseded } from './superseded-version.ts';

/**
 * Pays what an earlier rotation still owes before a new one begins: a system that holds two
 * credentials has no room for a third. Ends a running grace early, and says so. May run twice.
 */
export async function settle(
  rotation: Rotation,
  description: SecretDescription,
  current: SecretVersion,
): Promise<void> {
  await endAbandoned(rotation, description, current);
  const due = withGrace(rotation.plan.rotators);
  if (due.length === 0) return;
  const previousId = versionWith(description, labels.previous);
  const superseded = await readSuperseded(rotation, description, previousId);
  if (!superseded) return;

  for (const rotator of due) {
    if (graceEnd(rotator, description, { current, superseded }) <= rotation.clock.now()) continue;
    note(rotation, 'grace-ended-early', 'This rotation ends a grace that still ran.', rotator.key);
  }
  await retire(rotation, description, { current, superseded, due, own: rotation.token });
}
