import { isMark } from './compromised.ts';
import type { Invocation } from './rotation.ts';
import type { SecretDescription, SecretVersion } from './secret-store.ts';

/**
 * The current version with the marks that belong on it: who edits a secret by hand after a value was
 * marked takes the value along, and not its mark. Costs no call where no other version is marked. May
 * run twice.
 */
export async function carryMarks(
  invocation: Invocation,
  description: SecretDescription,
  current: SecretVersion,
): Promise<SecretVersion> {
  const { labelsOf } = description;
  const others = [...labelsOf.keys()].filter(
    (versionId) => versionId !== current.versionId && labelsOf.get(versionId)?.some(isMark),
  );
  if (others.length === 0) return current;
  // Loaded where there is a mark: a function starts the sooner without it.
  const { carryOver } = await import('./carry-over.ts');
  return carryOver(invocation, { description, current, others });
}
