import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { leaseEnd, leaseUntil } from '../../rotation/rollback-lease.ts';
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
 * Takes off what a run left behind that was killed, or whose labels could not be taken off: leases
 * for what is current by now, and KEYTURN_PROPOSED where nobody tries a value any more. Other leases
 * stay, such as that of a rollback. May run twice; what it cannot take off waits for the next run.
 */
export async function clearLeftovers(
  client: SecretsManagerClient,
  secret: DescribedSecret,
): Promise<void> {
  const current = secret.versionAt(labels.current);
  const left = [...secret.labelsOf].flatMap(([from, carried]) =>
    carried
      .filter((label) => isLeft(label, { from, current, secret }))
      .map((label) => ({ label, from })),
  );
  for (const each of left) await moveLabel(client, secret.arn, each).catch(() => undefined);
}

interface Place {
  readonly from: string;
  readonly current: string | undefined;
  readonly secret: DescribedSecret;
}

function isLeft(label: string, { from, current, secret }: Place): boolean {
  if (current !== undefined && isLeaseFor(current, label)) return true;
  return label === labels.proposed && (from === current || !isTried(secret, from));
}

/** Whoever tries a value holds a lease for it. */
const isTried = ({ labelsOf }: DescribedSecret, versionId: string): boolean => {
  const leases = [...labelsOf.values()].flat().filter((label) => isLeaseFor(versionId, label));
  return leaseEnd(leases) > Date.now();
};

const isLeaseFor = (versionId: string, label: string) =>
  label.startsWith('KEYTURN_UNDOING_') && label.endsWith(endOf(versionId));
