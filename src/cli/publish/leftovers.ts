import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { leaseUntil } from '../../rotation/rollback-lease.ts';
import { labels } from '../../rotation/secret-store.ts';
import type { DescribedSecret } from '../described-secret.ts';
import { moveLabel } from './move-label.ts';

/** Longer than the function takes twice. */
const leaseMs = 35 * 60_000;

/** A lease for a version that is to be published. It names that: another run can tell whose it is. */
export const leaseFor = (versionId: string): string =>
  `${leaseUntil(new Date(Date.now() + leaseMs))}${endOf(versionId)}`;

const endOf = (versionId: string) => `_${versionId.slice(0, 8)}`;

/**
 * Takes off what a run left behind that was killed after it had made its version current. Other
 * leases stay, such as that of a rollback. May run twice; what cannot be taken off expires.
 */
export async function clearLeftovers(
  client: SecretsManagerClient,
  secret: DescribedSecret,
): Promise<void> {
  const current = secret.versionAt(labels.current);
  if (current === undefined) return;
  const left = [...secret.labelsOf].flatMap(([from, carried]) =>
    carried
      .filter((label) => isLeaseFor(current, label) || (from === current && isProposed(label)))
      .map((label) => ({ label, from })),
  );
  for (const each of left) await moveLabel(client, secret.arn, each).catch(() => undefined);
}

const isLeaseFor = (versionId: string, label: string) =>
  label.startsWith('KEYTURN_UNDOING_') && label.endsWith(endOf(versionId));

const isProposed = (label: string) => label === labels.proposed;
