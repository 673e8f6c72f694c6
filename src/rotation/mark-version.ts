import { markedKeys, marksOf, type Mark } from './compromised.ts';
import type { Invocation } from './rotation.ts';
import type { Rotator } from './rotator.ts';
import { hasLabel, labels, type SecretDescription } from './secret-store.ts';

/** A version, and the rotators whose credentials in it are compromised. */
export interface Marking {
  readonly versionId: string;
  readonly rotators: readonly Rotator[];
}

/** Puts the marks that a version lacks on it. Answers them. May run twice. */
export async function markVersion(
  { secret }: Invocation,
  description: SecretDescription,
  marking: Marking,
): Promise<readonly Mark[]> {
  const missing = missingMarks(description, marking);
  for (const { label, from } of missing) {
    await secret.moveLabel({ label, from, to: marking.versionId });
  }
  return missing.map(({ label }) => label);
}

interface Missing {
  readonly label: Mark;
  /** The version it is on now, which nobody reads any more. */
  readonly from: string | undefined;
}

/** The marks that a version lacks; of the two of each key the one that AWSPREVIOUS does not bear. */
export const missingMarks = (
  description: SecretDescription,
  { versionId, rotators }: Marking,
): readonly Missing[] =>
  rotators.flatMap(markedKeys).flatMap((key) => {
    const both = marksOf(key).map((label) => ({ label, from: holderOf(description, label) }));
    if (both.some(({ from }) => from === versionId)) return [];
    return both.filter(({ from }) => !from || !isPublished(description, from)).slice(0, 1);
  });

/** Whether applications may read a version, as the current or the previous one. */
export const isPublished = (description: SecretDescription, versionId: string): boolean =>
  hasLabel(description, versionId, labels.current) ||
  hasLabel(description, versionId, labels.previous);

const holderOf = ({ labelsOf }: SecretDescription, label: Mark) =>
  [...labelsOf].find(([, carried]) => carried.includes(label))?.[0];
