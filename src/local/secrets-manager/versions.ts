import type { Account } from './account.ts';
import { limitExceeded, resourceExists } from './errors.ts';
import { CURRENT, PENDING, attach, detach, holderOf, stagesOf } from './labels.ts';
import type { Secret, SecretValue, Version } from './secret.ts';

const day = 86_400_000;
const labelLimit = 20;

export interface NewVersion {
  readonly token: string;
  readonly value: SecretValue;
  readonly stages: readonly string[];
}

/**
 * Writes a version once. The same value under the same token again changes nothing; another value
 * is refused with ResourceExistsException. A version that a rotation made is filled.
 */
export function writeVersion(account: Account, secret: Secret, version: NewVersion): Version {
  const existing = secret.versions.get(version.token);
  if (existing?.value) return sameVersion(secret, existing, version.value);

  checkLabelCount(version.stages);
  const now = account.clock.now();
  const written = existing ?? addVersion(account, secret, version.token);
  written.value = version.value;
  const stages = existing ? version.stages : firstStages(secret, version.stages);
  for (const label of currentLast(stages)) {
    attachTelling(account, secret, label, version.token);
  }
  secret.lastChangedDate = now;
  return written;
}

/** Puts a label on a version, and abandons the rotation that it takes AWSPENDING away from. */
export function attachTelling(
  account: Account,
  secret: Secret,
  label: string,
  versionId: string,
): void {
  const before = holderOf(secret, label);
  attach(secret, label, versionId, account.clock.now());
  if (label === PENDING && before !== undefined && before !== versionId) {
    account.rotations.pendingLost(secret, before);
  }
}

/** Removes a version with its labels. */
export function dropVersion(secret: Secret, versionId: string, now: Date): void {
  for (const label of stagesOf(secret, versionId)) detach(secret, label, now);
  secret.versions.delete(versionId);
}

export function checkLabelCount(labels: readonly string[]): void {
  if (new Set(labels).size > labelLimit) {
    throw limitExceeded(`A secret version can't have more than ${labelLimit} staging labels.`);
  }
}

function sameVersion(secret: Secret, existing: Version, value: SecretValue): Version {
  const same = existing.value?.string === value.string && existing.value?.binary === value.binary;
  if (same) return existing;

  throw resourceExists(
    `You can't use ClientRequestToken ${existing.id} because that value is already in use for a version of secret ${secret.arn}.`,
  );
}

/** Another version during a rotation abandons it: AWSPENDING goes from whatever version has it. */
function addVersion(account: Account, secret: Secret, token: string): Version {
  const now = account.clock.now();
  prune(secret, now, account.behaviour.versionLimit);
  if (secret.versions.size >= account.behaviour.versionLimit) {
    throw limitExceeded('The secret has too many versions.');
  }

  const pending = holderOf(secret, PENDING);
  if (pending !== undefined) {
    detach(secret, PENDING, now);
    account.rotations.pendingLost(secret, pending);
  }
  const version: Version = { id: token, createdDate: now };
  secret.versions.set(token, version);
  return version;
}

/** The first version that is put gets AWSCURRENT, whatever else was asked for. */
function firstStages(secret: Secret, stages: readonly string[]): readonly string[] {
  return secret.versions.size === 1 ? [...stages, CURRENT] : stages;
}

/** AWSCURRENT last, so that AWSPREVIOUS ends where AWSCURRENT came from. */
const currentLast = (stages: readonly string[]) =>
  stages.toSorted((a, b) => Number(a === CURRENT) - Number(b === CURRENT));

/**
 * Makes room for another version. The oldest unlabelled ones go first, never within a day of their
 * creation, so that there may be no room all the same.
 */
export function prune(secret: Secret, now: Date, limit: number): void {
  const deprecated = [...secret.versions.values()].filter(
    ({ id, createdDate }) =>
      stagesOf(secret, id).length === 0 && now.getTime() - createdDate.getTime() >= day,
  );
  const surplus = Math.max(0, secret.versions.size + 1 - limit);
  for (const { id } of deprecated.slice(0, surplus)) secret.versions.delete(id);
}
