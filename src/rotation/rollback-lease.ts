import { randomBytes } from 'node:crypto';
import type { Invocation } from './rotation.ts';
import type { Lease, SecretDescription } from './secret-store.ts';

/** A label move that was sent in time may take effect a little later, in ms. */
const marginMs = 30_000;

const prefix = 'KEYTURN_UNDOING_';

/**
 * Puts a label on a version that says until when a rollback may take AWSCURRENT away from it: as
 * long as this function can run. Each attempt has a label of its own, and no other run takes it
 * off. It expires by itself, so that a rollback that died holds nobody up for longer.
 */
export async function takeLease(invocation: Invocation, versionId: string): Promise<Lease> {
  const { secret, clock, remainingMs } = invocation;
  const lease = leaseUntil(new Date(clock.now().getTime() + remainingMs() + marginMs));
  await secret.moveLabel({ label: lease, to: versionId });
  return lease;
}

/** The label itself. Whoever moves AWSCURRENT back, or to a value given by a person, holds one. */
export function leaseUntil(until: Date): Lease {
  const time = until.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return `${prefix}${time}_${randomBytes(2).toString('hex')}`;
}

/** Takes the label off again. Where that fails it is left to expire. */
export async function releaseLease({ secret }: Invocation, lease: Lease, versionId: string) {
  await secret.moveLabel({ label: lease, from: versionId }).catch(() => undefined);
}

/** The clock of who took a lease, such as a person's machine, may be another; in ms. */
const forgottenMs = 3_600_000;

/** Takes off the leases that ended long ago, of runs that died. No call where there is none. */
export async function releaseEnded(
  invocation: Invocation,
  description: SecretDescription,
): Promise<void> {
  const before = invocation.clock.now().getTime() - forgottenMs;
  for (const versionId of description.labelsOf.keys()) {
    const ended = leasesOf(description, versionId).filter((lease) => untilOf(lease) < before);
    for (const lease of ended) await releaseLease(invocation, lease, versionId);
  }
}

/** Whether a rollback may be about to take AWSCURRENT away from this version. */
export const isLeased = (description: SecretDescription, versionId: string, now: Date): boolean =>
  leaseEnd(description.labelsOf.get(versionId) ?? []) > now.getTime();

/** All leases on a version, those that have ended too. */
export const leasesOf = (description: SecretDescription, versionId: string): readonly Lease[] =>
  (description.labelsOf.get(versionId) ?? []).filter((label) => isLease(label));

const isLease = (label: string): label is Lease => label.startsWith(prefix);

/** When the last lease among these labels ends, in epoch ms; 0 where there is none. */
export const leaseEnd = (carried: readonly string[]): number =>
  Math.max(0, ...carried.map(untilOf));

function untilOf(label: string): number {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z_/.exec(
    label.startsWith(prefix) ? label.slice(prefix.length) : '',
  );
  if (!parts) return 0;
  const [, year, month, day, hour, minute, second] = parts;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
