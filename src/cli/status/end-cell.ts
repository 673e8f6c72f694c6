import type { SecretStatus } from './secret-status.ts';
import { relative } from './times.ts';

type Key = SecretStatus['keys'][number];

interface Row {
  readonly labels: readonly string[];
  readonly verdict: Key['credentials'][number]['verdict'];
}

/** When a credential ends; only what is previous does. */
export function endCell({ supersededUntil }: Key, { labels, verdict }: Row, now: Date): string {
  if (labels.includes('AWSCURRENT') || !labels.includes('AWSPREVIOUS')) return '';
  const until = supersededUntil === undefined ? undefined : new Date(supersededUntil);
  if (verdict === 'rejected') {
    return labels.includes('KEYTURN_RETIRED') || (until && until <= now) ? 'ended' : '';
  }
  if (!until) return '';
  return until <= now ? 'due, not ended yet' : relative(until, now);
}
