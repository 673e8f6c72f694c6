import { expect, test } from 'vitest';
import { loggingJournal } from '../../src/handlers/logging-journal.ts';
import type { JournalEntry, LetterOutcome, Note } from '../../src/rotation/journal.ts';
import { listeningLogger } from './support/lambda.ts';

const step = 'finishSecret';
const key = {
  kind: 'key',
  step,
  key: 'API_TOKEN',
  rotator: 'dual',
  verb: 'probe',
  durationMs: 12,
} as const;
const note = (name: Note): JournalEntry => ({
  kind: 'note',
  step,
  note: name,
  message: 'Said so.',
});
const letter = (outcome: LetterOutcome) =>
  ({ kind: 'dead-letter', step: 'reconcile', letter: 'an-id', outcome }) as const;
const wellKept = {
  kind: 'state',
  step: 'reconcile',
  rotationEnabled: true,
  rotationOverdue: false,
  retirementOwed: false,
} as const;

test.each<{ entry: JournalEntry; level: string; message: string }>([
  {
    entry: { kind: 'step', step, outcome: 'started' },
    level: 'INFO',
    message: 'finishSecret started',
  },
  {
    entry: { kind: 'step', step, outcome: 'failed', durationMs: 5, code: 'UNREACHABLE' },
    level: 'ERROR',
    message: 'finishSecret failed',
  },
  {
    entry: { ...key, outcome: 'accepted' },
    level: 'INFO',
    message: 'finishSecret: probe API_TOKEN: accepted',
  },
  {
    entry: { ...key, outcome: 'failed', code: 'UNREACHABLE' },
    level: 'ERROR',
    message: 'finishSecret: probe API_TOKEN: failed',
  },
  {
    entry: { kind: 'switch-gap', step, keys: ['DB_PASSWORD'], durationMs: 345 },
    level: 'INFO',
    message: 'finishSecret: switch gap of 345 ms',
  },
  {
    entry: { kind: 'stored', step: 'createSecret' },
    level: 'INFO',
    message: 'createSecret: pending value stored',
  },
  {
    entry: { kind: 'committed', step, durationMs: 61_234 },
    level: 'INFO',
    message: 'finishSecret: committed after 61234 ms',
  },
  {
    entry: { kind: 'taken-back', step },
    level: 'INFO',
    message: 'finishSecret: AWSPENDING taken off',
  },
  {
    entry: { ...wellKept, currentAgeMs: 5 },
    level: 'INFO',
    message: 'reconcile: nothing is overdue or owed',
  },
  {
    entry: { ...wellKept, rotationEnabled: false },
    level: 'WARN',
    message: 'reconcile: rotation is switched off',
  },
  {
    entry: { ...wellKept, rotationOverdue: true, retirementOwed: true },
    level: 'WARN',
    message: 'reconcile: a rotation is overdue, a superseded version is not retired yet',
  },
  {
    entry: letter('done'),
    level: 'INFO',
    message: 'reconcile: dead letter: its run is made up for',
  },
  {
    entry: { ...letter('failed'), code: 'UNREACHABLE', reason: 'No answer came.' },
    level: 'ERROR',
    message: 'reconcile: dead letter: its run failed again',
  },
  {
    entry: letter('not-done'),
    level: 'WARN',
    message: 'reconcile: dead letter: it waits for a daily run that succeeds',
  },
  {
    entry: letter('of-another-secret'),
    level: 'INFO',
    message: 'reconcile: dead letter: it belongs to another secret',
  },
  {
    entry: { ...letter('unreadable'), reason: 'Look at: secret.' },
    level: 'WARN',
    message: 'reconcile: dead letter: it cannot be read',
  },
  {
    entry: { kind: 'dead-letters', step: 'reconcile', seen: 5, left: 2 },
    level: 'INFO',
    message: 'reconcile: dead letters: 5 seen, 2 left',
  },
  { entry: note('state-unknown'), level: 'WARN', message: 'finishSecret: Said so.' },
  { entry: note('retired'), level: 'INFO', message: 'finishSecret: Said so.' },
  { entry: note('healed'), level: 'WARN', message: 'finishSecret: Said so.' },
  { entry: note('undone'), level: 'WARN', message: 'finishSecret: Said so.' },
  { entry: note('undo-unfinished'), level: 'WARN', message: 'finishSecret: Said so.' },
  { entry: note('grace-ended-early'), level: 'WARN', message: 'finishSecret: Said so.' },
])('$level: $message', ({ entry, level, message }) => {
  const { logger, lines } = listeningLogger();

  loggingJournal(logger, 'shop/production').record(entry);

  const { kind: _, message: __, ...fields } = { ...entry, message };
  expect(lines).toEqual([
    expect.objectContaining({ level, message, secret: 'shop/production', ...fields }),
  ]);
});
