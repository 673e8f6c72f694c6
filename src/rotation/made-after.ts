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
  const later = createdAt.getTime() - since.getTime();
  return later > 0 || (later === 0 && hasLabel(description, versionId, labels.undone));
}
