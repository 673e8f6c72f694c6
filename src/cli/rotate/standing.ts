import { type DescribedSecret, pendingOf } from '../described-secret.ts';

/** A rotation that was asked for: the version it makes, and what was current before. */
export interface Begun {
  readonly token: string;
  readonly currentBefore: string | undefined;
}

/** What the labels say of a rotation. They alone decide what became of it. */
export type Standing =
  'pending' | 'rotated' | 'superseded' | 'rolled-back' | 'taken-back' | 'abandoned';

/** AWSCURRENT on its version is the commit, and AWSPREVIOUS says it was; AWSPENDING gone is its end. */
export function standingOf(secret: DescribedSecret, { token, currentBefore }: Begun): Standing {
  const labels = secret.labelsOf.get(token) ?? [];
  if (labels.includes('AWSCURRENT')) return 'rotated';
  if (labels.includes('KEYTURN_UNDONE')) return 'rolled-back';
  if (labels.includes('AWSPREVIOUS')) return 'superseded';
  if (labels.includes('AWSPENDING')) return 'pending';
  const replaced = secret.versionAt('AWSCURRENT') !== currentBefore;
  return replaced || pendingOf(secret) !== undefined ? 'abandoned' : 'taken-back';
}
