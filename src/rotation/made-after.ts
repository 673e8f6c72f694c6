import { hasLabel, labels, type SecretDescription, type SecretVersion } from './secret-store.ts';

/**
 * Whether a version was made later than `since`; where the two are of the same moment, the label
 * tells. The label alone does not: a rollback that died before its commit leaves it behind.
 */
export function madeAfter(
  description: SecretDescription,
  { versionId, createdAt }: Pick<SecretVersion, 'versionId' | 'createdAt'>,
  since: Date,
): boolean {
  return isLater({ createdAt, isUndone: hasLabel(description, versionId, labels.undone) }, since);
}

/** The same of a version that is told by when it was made, and whether KEYTURN_UNDONE is on it. */
export function isLater(
  { createdAt, isUndone }: { readonly createdAt: Date; readonly isUndone: boolean },
  since: Date,
): boolean {
  const later = createdAt.getTime() - since.getTime();
  return later > 0 || (later === 0 && isUndone);
}
