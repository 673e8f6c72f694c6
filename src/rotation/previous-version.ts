import type { Change } from './book-recovery.ts';
import { isCompromised, isMark } from './compromised.ts';
import { RotationError } from './errors.ts';
import { isRetired } from './heal-or-go-forward.ts';
import { foreignChange, type Plan } from './plan.ts';
import type { Invocation } from './rotation.ts';
import {
  labels,
  versionWith,
  type SecretDescription,
  type SecretStore,
  type SecretVersion,
} from './secret-store.ts';
import { readIfObject } from './superseded-version.ts';

/** The version to go back to. Throws `ROLLBACK_REFUSED` where there is none that could be read. */
export async function readPrevious(
  secret: SecretStore,
  description: SecretDescription,
): Promise<SecretVersion> {
  const versionId = versionWith(description, labels.previous);
  if (!versionId || versionId === versionWith(description, labels.current)) throw none();
  const previous = await readIfObject(secret, { versionId, label: labels.previous });
  if (previous === 'no-object') throw unreadable();
  if (!previous) throw none();
  return previous;
}

/**
 * Throws `ROLLBACK_REFUSED` where going back is pointless, would publish what is compromised or
 * ended, or would take back what somebody stored since, and not the rotation.
 */
export function assertUsable(
  { plan }: Invocation,
  description: SecretDescription,
  { from, to }: Change,
): void {
  assertUnmarked(plan, description, { from, to });
  if (isRetired(description, to.versionId)) throw retired();
  if (from.document.text === to.document.text) throw same();
  const key = foreignChange(plan, from.document, to.document);
  if (key !== undefined) throw storedSince(key);
}

/**
 * Throws `ROLLBACK_REFUSED` where either version of a rollback is marked as compromised: what the
 * current one holds would be kept among the earlier keys, and its mark lost.
 */
export function assertUnmarked(
  plan: Plan,
  { labelsOf }: SecretDescription,
  { from, to }: Change,
): void {
  const marksAt = (versionId: string) => ({ labels: labelsOf.get(versionId) ?? [] });
  assertNotCompromised(plan, marksAt(to.versionId), 'AWSPREVIOUS');
  assertNotCompromised(plan, marksAt(from.versionId), 'AWSCURRENT');
}

/** Throws `ROLLBACK_REFUSED` where a version is marked that is under this label. */
export function assertNotCompromised(
  { rotators }: Plan,
  version: Pick<SecretVersion, 'labels'>,
  label: string,
): void {
  if (!version.labels.some(isMark)) return;
  throw compromised(label, rotators.find((rotator) => isCompromised(rotator, version))?.key);
}

const refused = (problem: string, key?: string) =>
  new RotationError('ROLLBACK_REFUSED', `${problem} Nothing was changed.`, { key });

const none = () =>
  refused('There is no version under AWSPREVIOUS to go back to: the secret was not rotated yet.');

const unreadable = () =>
  refused('The version under AWSPREVIOUS is not one JSON object of keys, so it cannot be judged.');

const retired = () =>
  refused(
    'The credentials under AWSPREVIOUS are being ended or have been: their grace is over, so going ' +
      'back would publish what does not work. Rotate instead.',
  );

const compromised = (label: string, key?: string) =>
  refused(
    `The value of ${key ?? 'a key'} under ${label} is marked as compromised, so it must end and not come ` +
      'back. Rotate instead.',
    key,
  );

const same = () =>
  refused('AWSPREVIOUS holds the same value as AWSCURRENT: there is nothing to take back.');

const storedSince = (key: string) =>
  refused(
    `The key ${key}, which no rotation changes, is another under AWSPREVIOUS: somebody stored another ` +
      'value since the last rotation, so AWSPREVIOUS is not what that superseded. Rotate again to ' +
      'replace the credentials; to take back that value, store the one you want.',
    key,
  );
