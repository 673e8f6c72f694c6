import { markedKeys, type Mark } from './compromised.ts';
import { RotationError } from './errors.ts';
import { markVersion, missingMarks, type Marking } from './mark-version.ts';
import type { Plan } from './plan.ts';
import { pendingElsewhere } from './retire.ts';
import { leaseEnd } from './rollback-lease.ts';
import { note, type Invocation } from './rotation.ts';
import type { Rotator } from './rotator.ts';
import { labels, noCurrentVersion, versionWith, type SecretDescription } from './secret-store.ts';

/** What was marked. Names and version ids, no values. */
export interface CompromiseResult {
  /** The secret's ARN. */
  readonly secret: string;
  /** The key that its rotator is configured for. */
  readonly key: string;
  /** All keys that are marked with it, since they are one credential. */
  readonly keys: readonly string[];
  /** The versions that bear the marks. */
  readonly versions: readonly string[];
}

/**
 * Marks the current value of a key as compromised, with a label on its version that the next rotation,
 * every later run and the application see. Ends nothing by itself: rotate next. Throws
 * `KEY_NOT_ROTATED` where no rotation replaces the key, and `ROTATION_IN_PROGRESS` beside one, whose
 * new version may hold the value. May run twice.
 */
export async function compromise(invocation: Invocation, key: string): Promise<CompromiseResult> {
  const { secret, plan } = invocation;
  const rotator = ownerOf(plan, key);
  const description = await secret.describe();
  const versionId = quietCurrent(invocation, description);
  if (!versionId) throw underWay(invocation, description);
  const marking = { versionId, rotators: [rotator] };
  assertRoom(description, marking);

  const marks = await markVersion(invocation, description, marking);
  // A rotation that began meanwhile may not have seen the marks; one that begins now does.
  const latest = await secret.describe();
  if (quietCurrent(invocation, latest) !== versionId) {
    await unmark(invocation, versionId, marks);
    throw underWay(invocation, latest);
  }
  note(invocation, 'compromised', 'The current value is marked as compromised.', rotator.key);
  const keys = markedKeys(rotator);
  return { secret: description.arn, key: rotator.key, keys, versions: [versionId] };
}

function ownerOf({ rotators }: Plan, key: string): Rotator {
  const owner = rotators.find(({ changes }) => changes.includes(key));
  if (owner) return owner;
  throw notRotated(rotators.flatMap(({ changes }) => changes));
}

/** A mark that is there is one that every rotation from then on honours. */
async function unmark({ secret }: Invocation, from: string, marks: readonly Mark[]): Promise<void> {
  for (const label of marks) {
    // Where it stays, it is one too many: the call is made again, for what is current by then.
    await secret.moveLabel({ label, from }).catch(() => undefined);
  }
}

/** The id of the current version; `undefined` while somebody is about to make another one current. */
function quietCurrent({ clock }: Invocation, description: SecretDescription): string | undefined {
  const versionId = versionWith(description, labels.current);
  if (!versionId) throw noCurrentVersion();
  const leased = lastLeaseEnd(description) > clock.now().getTime();
  return leased || pendingElsewhere(description) ? undefined : versionId;
}

/** On whichever version: a step of a rotation that was taken back may publish that one yet. */
const lastLeaseEnd = ({ labelsOf }: SecretDescription) =>
  Math.max(0, ...[...labelsOf.values()].map(leaseEnd));

/** A quota of Secrets Manager, read the cautious way: over all versions of a secret, not for each. */
const mostLabels = 20;

/** A rotation and a rollback must still find room for their own. */
function assertRoom(description: SecretDescription, marking: Marking): void {
  const marks = missingMarks(description, marking).map(({ label }) => label);
  const used = new Set<string>([...description.labelsOf.values()].flat());
  for (const label of [...Object.values(labels), 'a lease', ...marks]) used.add(label);
  if (used.size > mostLabels) throw tooManyLabels();
}

/** What was asked for is not quoted: it may be a value that stands in the wrong place. */
const notRotated = (keys: readonly string[]) =>
  new RotationError(
    'KEY_NOT_ROTATED',
    'No rotator changes that key, so no rotation would replace its value, and nothing was marked. ' +
      `Keys that can be marked: ${keys.join(', ')}. To replace another, store a new value of it.`,
  );

function underWay({ clock }: Invocation, description: SecretDescription): RotationError {
  const end = lastLeaseEnd(description);
  const way = pendingElsewhere(description)
    ? 'Wait for its end, or end it with keyturn repair, and mark the value again.'
    : `Mark the value again after ${new Date(end).toISOString()}: by then none can be left, even if it died.`;
  const what =
    end > clock.now().getTime() ? 'A rollback, a repair or a restore' : 'A rotation or a rollback';
  return new RotationError(
    'ROTATION_IN_PROGRESS',
    `${what} is under way, and what it publishes may hold the compromised value. ${way}`,
  );
}

const tooManyLabels = () =>
  new RotationError(
    'TOO_MANY_LABELS',
    `With another mark a rotation would not find room for its labels: a secret has ${mostLabels} at most. ` +
      'Nothing was marked. Rotate what is marked so far, or take labels of your own off the secret.',
  );
