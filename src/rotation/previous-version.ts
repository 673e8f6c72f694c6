import type { Change } from './book-recovery.ts';
import { RotationError } from './errors.ts';
import { isRetired } from './go-forward.ts';
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

/** Throws `ROLLBACK_REFUSED` where going back is pointless, or its credentials are ended. */
export function assertUsable(description: SecretDescription, { from, to }: Change): void {
  if (isRetired(description, to.versionId)) throw retired();
  if (from.document.text === to.document.text) throw same();
}

const refused = (problem: string) =>
  new RotationError('ROLLBACK_REFUSED', `${problem} Nothing was changed.`);

const none = () =>
  refused('There is no version under AWSPREVIOUS to go back to: the secret was not rotated yet.');

const unreadable = () =>
  refused('The version under AWSPREVIOUS is not one JSON object of keys, so it cannot be judged.');

const retired = () =>
  refused(
    'The credentials under AWSPREVIOUS are being ended or have been: their grace is over, so going ' +
      'back would publish what does not work. Rotate instead.',
  );

const same = () =>
  refused('AWSPREVIOUS holds the same value as AWSCURRENT: there is nothing to take back.');
