import { expect, test } from 'vitest';
import { loggingJournal } from '../../src/handlers/logging-journal.ts';
import type { JournalEntry, Note } from '../../src/rotation/journal.ts';
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
