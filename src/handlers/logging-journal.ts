import type { Logger } from '@aws-lambda-powertools/logger';
import type { Journal, JournalEntry } from '../rotation/journal.ts';

/** Writes one structured line for everything the protocol reports. */
export const loggingJournal = (logger: Logger, secret: string): Journal => ({
  record(entry) {
    const { kind: _kind, ...fields } = { ...entry, message: wordingOf(entry) };
    logger[levelOf(entry)]({ secret, ...fields });
  },
});

const warnings: ReadonlySet<string> = new Set([
  'grace-ended-early',
  'healed',
  'rolled-back',
  'rolled-forward',
  'undo-unfinished',
  'undone',
  'unverifiable',
]);

function levelOf(entry: JournalEntry): 'info' | 'warn' | 'error' {
  if (entry.kind === 'note') return warnings.has(entry.note) ? 'warn' : 'info';
  return entry.kind !== 'switch-gap' && entry.outcome === 'failed' ? 'error' : 'info';
}

function wordingOf(entry: JournalEntry): string {
  switch (entry.kind) {
    case 'step':
      return `${entry.step} ${entry.outcome}`;
    case 'key':
      return `${entry.step}: ${entry.verb} ${entry.key}: ${entry.outcome}`;
    case 'switch-gap':
      return `${entry.step}: switch gap of ${entry.durationMs} ms`;
    case 'note':
      return `${entry.step}: ${entry.message}`;
  }
}
