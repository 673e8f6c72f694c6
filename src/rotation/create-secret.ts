import { carryMarks } from './carry-marks.ts';
import { isCompromised } from './compromised.ts';
import { codeOf, RotationError } from './errors.ts';
import { assertPending } from './pending-version.ts';
import { assertKeys, assertSize, rebuildDerived } from './plan.ts';
import { rotationInProgress } from './retire.ts';
import { check, note, onKey, type Rotation } from './rotation.ts';
import { credentialOf, type Credential, type NewVersion, type Rotator } from './rotator.ts';
import type { SecretDocument } from './secret-document.ts';
import {
  labels,
  readCurrent,
  versionWith,
  type SecretDescription,
  type SecretVersion,
} from './secret-store.ts';
import { settle } from './settle.ts';
import { readIfObject } from './superseded-version.ts';
import { readUndone } from './undone-version.ts';
import { verifyCommitted } from './verify-committed.ts';

/**
 * Prepare, first half: makes every new value and stores them under the token. Every current
 * credential keeps working. Checks everything before it makes anything. May run twice: a stored
 * value is kept.
 */
export async function createSecret(rotation: Rotation): Promise<void> {
  const { secret, token, plan } = rotation;
  const description = await secret.describe();
  assertEnabled(description);
  if (assertPending(description, token) === 'already-current') return verifyCommitted(rotation);

  const [current, stored] = await Promise.all([
    readCurrent(secret, description),
    secret.read({ versionId: token, label: labels.pending }),
  ]);
  if (stored) return note(rotation, 'already-stored', 'The pending version has its value already.');

  assertKeys(plan, current.document);
  assertSize(rebuildDerived(plan, current.document));
  for (const rotator of plan.rotators) await check(rotation, rotator, current.document);
  await settle(rotation, description, current);
  const undone = await readUndone(secret, description, current);
  const marked = await carryMarks(rotation, description, current);
  await createAndStore(rotation, { description, current: marked, undone });
}

interface Start {
  readonly description: SecretDescription;
  readonly current: SecretVersion;
  /** What a rotation that was rolled back had published. */
  readonly undone: SecretVersion | undefined;
}

interface Made {
  readonly rotator: Rotator;
  readonly credential: Credential;
}

/** Our own values first, those of providers last; a provider's value that is not stored is revoked. */
async function createAndStore(rotation: Rotation, start: Start): Promise<void> {
  const current = start.current.document;
  const made: Made[] = [];
  const [ours, theirs] = partition(rotation.plan.rotators, (rotator) => !rotator.madeByProvider);

  try {
    for (const rotator of ours) made.push(await create(rotation, rotator, start));
    // A provider replaces values by such of their own length, so the size is known before it acts.
    assertSize(assemble(rotation, current, made));
    for (const rotator of theirs) made.push(await create(rotation, rotator, start));
    const pending = assemble(rotation, current, made);
    assertSize(pending);
    await store(rotation, current, pending, made);
  } catch (error) {
    const permanent = error instanceof RotationError && !error.retryable;
    if (permanent) await discard(rotation, current, made);
    throw error;
  }
}

async function store(
  rotation: Rotation,
  current: SecretDocument,
  pending: SecretDocument,
  made: readonly Made[],
): Promise<void> {
  const { secret, token, journal, step } = rotation;
  const outcome = await secret.putPending(token, pending);
  if (outcome === 'stored') return journal.record({ kind: 'stored', step });

  // Another invocation with this token was faster; its value counts, and ours must not live on.
  await discard(rotation, current, made);
  note(rotation, 'already-stored', 'Another invocation stored the pending value first.');
}

const assemble = ({ plan }: Rotation, current: SecretDocument, made: readonly Made[]) =>
  rebuildDerived(
    plan,
    made.reduce((document, { credential }) => document.with(credential), current),
  );

async function create(
  rotation: Rotation,
  rotator: Rotator,
  { description, current, undone }: Start,
): Promise<Made> {
  const superseded = async () => {
    // Asked for only to prove what may be ended, and by then all may have changed.
    await assertStillOurs(rotation, description);
    const versionId = versionWith(description, labels.previous);
    const previous = versionId && (await readIfObject(rotation.secret, { versionId }));
    if (!previous || previous === 'no-object') return undefined;
    return credentialOf(rotator, previous.document);
  };
  const compromised = isCompromised(rotator, current);
  const credential = await onKey(rotation, rotator, 'create', (call) =>
    rotator.create({
      ...call,
      current: credentialOf(rotator, current.document),
      compromised,
      superseded,
      undone:
        undone && !isCompromised(rotator, undone)
          ? credentialOf(rotator, undone.document)
          : undefined,
      version: newVersion(rotation, description, rotator),
    }),
  );
  return { rotator, credential };
}

const newVersion = (
  { secret, token }: Rotation,
  { arn }: SecretDescription,
  rotator: Rotator,
): NewVersion => ({
  // The event may name the secret otherwise, and what a provider calls by this must not change.
  secret: arn,
  token,
  async labelled() {
    const { labelsOf } = await secret.describe();
    const versions = await Promise.all(
      [...labelsOf.keys()].map((versionId) => readIfObject(secret, { versionId })),
    );
    return versions
      .filter((version) => version !== undefined && version !== 'no-object')
      .map(({ document }) => credentialOf(rotator, document));
  },
});

/** Throws `ROTATION_IN_PROGRESS` when another call with this token, or another rotation, is ahead. */
async function assertStillOurs(
  { secret, token }: Rotation,
  description: SecretDescription,
): Promise<void> {
  const latest = await secret.describe();
  const unmoved = [labels.current, labels.pending].every(
    (label) => versionWith(latest, label) === versionWith(description, label),
  );
  const stored = await secret.read({ versionId: token, label: labels.pending });
  if (!unmoved || stored) throw rotationInProgress();
}

/** What cannot be revoked now, the next create finds at its provider; the step's own outcome counts. */
async function discard(rotation: Rotation, current: SecretDocument, made: readonly Made[]) {
  for (const { rotator, credential } of made.toReversed()) {
    const keep = credentialOf(rotator, current);
    try {
      await onKey(rotation, rotator, 'revoke', (call) =>
        rotator.revoke({ ...call, victim: { ...keep, ...credential }, keep, newer: 'victim' }),
      );
    } catch (error) {
      const message = `A value that was made but not stored could not be revoked: ${codeOf(error)}.`;
      note(rotation, 'undo-unfinished', message, rotator.key);
    }
  }
}

function partition<T>(items: readonly T[], belongs: (item: T) => boolean): [T[], T[]] {
  return [items.filter(belongs), items.filter((item) => !belongs(item))];
}

function assertEnabled({ rotationEnabled, name }: SecretDescription): void {
  if (rotationEnabled) return;
  throw new RotationError(
    'ROTATION_NOT_ENABLED',
    `Rotation is switched off for ${name}. Switch it on with RotateSecret and the ARN of this function.`,
  );
}
