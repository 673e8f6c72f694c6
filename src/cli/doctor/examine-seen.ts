import type { Identity } from './checks/account.ts';
import { examineEnvironment } from './checks/environment.ts';
import { examineLabels } from './checks/labels.ts';
import { examineRotation } from './checks/rotation.ts';
import type { SeenSecret } from './checks/secret.ts';
import { examineValue } from './checks/value.ts';
import { labelledVersions } from './checks/versions.ts';
import { examineStack, stackChecks } from './examine-stack.ts';
import type { Wanted } from './examine.ts';
import type { Finding } from './finding.ts';
import { skipped } from './findings.ts';
import type { Surroundings } from './surroundings.ts';

interface Seen extends Wanted {
  readonly seen: SeenSecret;
  readonly identity: Identity;
  readonly surroundings: Surroundings;
}

/** Checks that need a secret. */
export const laterChecks = ['rotation', 'labels', 'value', 'environment', ...stackChecks] as const;

/** The secret itself, and the stack that rotates it. */
export async function examineSeen(seen: Seen): Promise<readonly Finding[]> {
  const { description } = seen.seen;
  if (description?.DeletedDate) return skipped(laterChecks, 'The secret is about to be deleted.');
  if (!description) {
    const reason = 'The secret could not be described.';
    return [
      ...skipped(['rotation', 'labels'], reason),
      ...(await examineContent(seen)),
      ...skipped(stackChecks, reason),
    ];
  }
  const { secretId, caller } = seen.seen;
  const now = seen.surroundings.now();
  return [
    examineRotation(description, now),
    ...examineLabels(await labelledVersions(seen.seen), { secretId, now }),
    ...(await examineContent(seen)),
    ...(await examineStack({ secretArn: secretId, description, caller })),
  ];
}

async function examineContent(wanted: Seen): Promise<readonly Finding[]> {
  const { values, seen, identity, keys, surroundings } = wanted;
  if (!values) return skipped(['value', 'environment'], 'Values are not read, as was asked for.');
  const value = await examineValue({ seen, identity, keys });
  const environment = value.found
    ? await examineEnvironment(value.found, surroundings)
    : skipped(['environment'], 'There is nothing to compare it with.');
  return [...value.findings, ...environment];
}
