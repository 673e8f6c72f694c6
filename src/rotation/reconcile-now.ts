import type { JournalEntry } from './journal.ts';
import { reconcile } from './reconcile.ts';
import type { Invocation } from './rotation.ts';

/** What a look after a secret did. No values. */
export interface ReconcileResult {
  /** As it was asked for. */
  readonly secret: string;
  /** The keys whose superseded credential was made sure to work no more. */
  readonly revoked: readonly string[];
}

/** What the daily run does, right now. Throws as that does; may run twice. */
export async function reconcileNow(invocation: Invocation): Promise<ReconcileResult> {
  const { secretId, journal } = invocation;
  const revoked = new Set<string>();
  const listening = {
    record(entry: JournalEntry) {
      if (isRevocation(entry)) revoked.add(entry.key);
      journal.record(entry);
    },
  };
  await reconcile({ ...invocation, journal: listening }, { secret: secretId });
  return { secret: secretId, revoked: [...revoked] };
}

const isRevocation = (entry: JournalEntry): entry is Extract<JournalEntry, { kind: 'key' }> =>
  entry.kind === 'key' && entry.verb === 'revoke' && entry.outcome === 'done';
