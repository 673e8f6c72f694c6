import type { Logger } from '@aws-lambda-powertools/logger';
import type { Journal, JournalEntry, LetterOutcome } from '../rotation/journal.ts';

/** Writes one structured line for everything the protocol reports, on a secret or a new version of it. */
export const loggingJournal = (logger: Logger, secret: string, version?: string): Journal => ({
  record(entry) {
    const { kind: _kind, ...fields } = { ...entry, message: wordingOf(entry) };
    logger[levelOf(entry)]({ secret, ...(version && { version }), ...fields });
  },
});

const warnings: ReadonlySet<string> = new Set([
  'compromised',
  'grace-ended-early',
  'healed',
  'repaired',
  'rolled-back',
  'rolled-forward',
  'state-unknown',
  'undo-unfinished',
  'undone',
  'unverifiable',
]);

function levelOf(entry: JournalEntry): 'info' | 'warn' | 'error' {
  if (entry.kind === 'note') return warnings.has(entry.note) ? 'warn' : 'info';
  if (entry.kind === 'state') return troubles(entry).length > 0 ? 'warn' : 'info';
  if (entry.kind === 'dead-letter') return letterLevels[entry.outcome];
  const failed = (entry.kind === 'step' || entry.kind === 'key') && entry.outcome === 'failed';
  return failed ? 'error' : 'info';
}

function wordingOf(entry: JournalEntry): string {
  switch (entry.kind) {
    case 'step':
      return `${entry.step} ${entry.outcome}`;
    case 'key':
      return `${entry.step}: ${entry.verb} ${entry.key}: ${entry.outcome}`;
    case 'stored':
      return `${entry.step}: pending value stored`;
    case 'committed':
      return `${entry.step}: committed after ${entry.durationMs} ms`;
    case 'taken-back':
      return `${entry.step}: AWSPENDING taken off`;
    case 'switch-gap':
      return `${entry.step}: switch gap of ${entry.durationMs} ms`;
    case 'state':
      return `${entry.step}: ${troubles(entry).join(', ') || 'nothing is overdue or owed'}`;
    case 'dead-letter':
      return `${entry.step}: dead letter: ${letterWordings[entry.outcome]}`;
    case 'dead-letters':
      return `${entry.step}: dead letters: ${entry.seen} seen, ${entry.left} left`;
    case 'note':
      return `${entry.step}: ${entry.message}`;
  }
}

const letterLevels = {
  done: 'info',
  failed: 'error',
  'not-done': 'warn',
  'of-another-secret': 'info',
  unreadable: 'warn',
} as const satisfies Record<LetterOutcome, string>;

const letterWordings: Record<LetterOutcome, string> = {
  done: 'its run is made up for',
  failed: 'its run failed again',
  'not-done': 'it waits for a daily run that succeeds',
  'of-another-secret': 'it belongs to another secret',
  unreadable: 'it cannot be read',
};

/** What somebody should look at. */
const troubles = (state: Extract<JournalEntry, { kind: 'state' }>): readonly string[] => [
  ...(state.rotationEnabled ? [] : ['rotation is switched off']),
  ...(state.rotationOverdue ? ['a rotation is overdue'] : []),
  ...(state.retirementOwed ? ['a superseded version is not retired yet'] : []),
];
