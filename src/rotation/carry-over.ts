import { isCompromised, isMark, markedKeys, type Mark } from './compromised.ts';
import { isPublished, markVersion } from './mark-version.ts';
import { note, type Invocation } from './rotation.ts';
import type { Rotator } from './rotator.ts';
import type { SecretDescription, SecretVersion } from './secret-store.ts';
import { readIfObject } from './superseded-version.ts';

interface Marked {
  readonly description: SecretDescription;
  readonly current: SecretVersion;
  /** The versions beside it that bear marks. */
  readonly others: readonly string[];
}

/**
 * Marks the current version where it holds what is marked in another one, and answers it so. Takes
 * marks off versions that nobody reads any more, since a label keeps a version for ever. May run twice.
 */
export async function carryOver(
  invocation: Invocation,
  { description, current, others }: Marked,
): Promise<SecretVersion> {
  const marked = await Promise.all(
    others.map((versionId) => readIfObject(invocation.secret, { versionId })),
  );
  const rotators = takenAlong(invocation.plan.rotators, marked, current);
  const { versionId: to } = current;
  const carried = await markVersion(invocation, description, { versionId: to, rotators });
  for (const { key } of rotators) note(invocation, 'compromised', takenMessage, key);
  const stale = others.filter((versionId) => !isPublished(description, versionId));
  await dropMarks(invocation, description, { stale, carried });
  return { ...current, labels: [...current.labels, ...carried] };
}

const takenMessage =
  'The value of this key is marked as compromised in a version before, and is the same in the ' +
  'current one: that is marked too.';

/** Each rotator once: a value may be marked in more than one version before. */
const takenAlong = (
  rotators: readonly Rotator[],
  others: readonly Awaited<ReturnType<typeof readIfObject>>[],
  current: SecretVersion,
) => {
  const marked = others.filter((version) => version !== undefined && version !== 'no-object');
  return rotators.filter(
    (rotator) =>
      !isCompromised(rotator, current) &&
      marked.some(
        (version) => isCompromised(rotator, version) && holdsSame(rotator, version, current),
      ),
  );
};

/** Earlier keys beside a credential may have been edited, and it is the same all the same. */
const holdsSame = (rotator: Rotator, one: SecretVersion, other: SecretVersion) =>
  markedKeys(rotator).every((key) => one.document.source(key) === other.document.source(key));

async function dropMarks(
  { secret }: Invocation,
  { labelsOf }: SecretDescription,
  { stale, carried }: { readonly stale: readonly string[]; readonly carried: readonly Mark[] },
): Promise<void> {
  for (const versionId of stale) {
    const marks = (labelsOf.get(versionId) ?? []).filter(isMark);
    for (const label of marks.filter((each) => !carried.includes(each))) {
      // Beside another run it is off by now; where it is not, the next run tries again.
      await secret.moveLabel({ label, from: versionId }).catch(() => undefined);
    }
  }
}
