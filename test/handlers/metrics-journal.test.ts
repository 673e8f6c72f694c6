import { describe, expect, test } from 'vitest';
import { metricsJournal } from '../../src/handlers/metrics-journal.ts';
import type { Measurement } from '../../src/handlers/metrics.ts';
import { retryableByCode, type ErrorCode } from '../../src/rotation/errors.ts';
import type { JournalEntry, Note } from '../../src/rotation/journal.ts';

const step = 'finishSecret';

/** What comes of these entries, in one invocation. */
function measuredOf(...entries: readonly JournalEntry[]): readonly Measurement[] {
  const journal = metricsJournal();
  for (const entry of entries) journal.record(entry);
  return journal.take();
}

const noted = (note: Note): JournalEntry => ({ kind: 'note', step, note, message: 'Said so.' });

const failed = (at: 'createSecret' | 'reconcile' | 'rollback', code: ErrorCode): JournalEntry => ({
  kind: 'step',
  step: at,
  outcome: 'failed',
  durationMs: 5,
  code,
});

const one = (name: Measurement['name']) => [{ name, value: 1 }];

test.each<{ what: string; entry: JournalEntry; measured: readonly unknown[] }>([
  { what: 'a stored value', entry: { kind: 'stored', step }, measured: one('RotationStarted') },
  {
    what: 'a commit',
    entry: { kind: 'committed', step, durationMs: 61_234 },
    measured: [...one('RotationFinished'), { name: 'RotationDuration', value: 61_234 }],
  },
  {
    what: 'a rotation taken back',
    entry: { kind: 'taken-back', step },
    measured: one('RotationUndone'),
  },
  {
    what: 'a switch gap',
    entry: { kind: 'switch-gap', step, keys: ['DB_PASSWORD'], durationMs: 345 },
    measured: [{ name: 'SwitchGap', value: 345 }],
  },
  {
    what: 'a grace ended early',
    entry: noted('grace-ended-early'),
    measured: one('GraceEndedEarly'),
  },
  { what: 'a healing', entry: noted('healed'), measured: one('Healed') },
  { what: 'a booked recovery', entry: noted('recovery-booked'), measured: one('ReconcileBooked') },
  {
    what: 'a booked retirement',
    entry: noted('retirement-booked'),
    measured: one('ReconcileBooked'),
  },
  { what: 'a rollback', entry: noted('rolled-back'), measured: one('RolledBack') },
  { what: 'a rollback overtaken', entry: noted('rolled-forward'), measured: one('RolledForward') },
  {
    what: 'the count of dead letters',
    entry: { kind: 'dead-letters', step: 'reconcile', seen: 5, left: 2 },
    measured: [{ name: 'DeadLetters', value: 2 }],
  },
  {
    what: 'one of them',
    entry: { kind: 'dead-letter', step: 'reconcile', letter: 'an-id', outcome: 'failed' },
    measured: [],
  },
  { what: 'a note of the log’s', entry: noted('already-rolled-back'), measured: [] },
  {
    what: 'dead letters',
    entry: { kind: 'dead-letters', step: 'reconcile', seen: 3, left: 2 },
    measured: [{ name: 'DeadLetters', value: 2 }],
  },
  {
    what: 'one of them',
    entry: { kind: 'dead-letter', step: 'reconcile', letter: 'a', outcome: 'done' },
    measured: [],
  },
  {
    what: 'the end of a reconcile',
    entry: { kind: 'step', step: 'reconcile', outcome: 'done', durationMs: 5 },
    measured: one('ReconcileDone'),
  },
  {
    what: 'its beginning',
    entry: { kind: 'step', step: 'reconcile', outcome: 'started' },
    measured: [],
  },
  {
    what: 'the end of another step',
    entry: { kind: 'step', step, outcome: 'done', durationMs: 5 },
    measured: [],
  },
  {
    what: 'a failed verb',
    entry: {
      kind: 'key',
      step,
      key: 'A',
      rotator: 'dual',
      verb: 'probe',
      outcome: 'failed',
      durationMs: 5,
      code: 'UNREACHABLE',
    },
    measured: [],
  },
])('$what', ({ entry, measured }) => {
  expect(measuredOf(entry)).toEqual(measured);
});

const isCode = (name: string): name is ErrorCode => name in retryableByCode;

describe('a failure', () => {
  test.each(Object.keys(retryableByCode).filter(isCode))('%s', (code) => {
    const retryable = retryableByCode[code];
    expect(measuredOf(failed('createSecret', code))).toEqual([
      { name: retryable ? 'RotationDelayed' : 'RotationFailed', value: 1, code },
    ]);
    expect(measuredOf(failed('reconcile', code))).toEqual([
      { name: retryable ? 'ReconcileDelayed' : 'ReconcileFailed', value: 1, code },
    ]);
    expect(measuredOf(failed('rollback', code))).toEqual([
      { name: 'RollbackFailed', value: 1, code },
    ]);
  });

  test('without a code is one that nobody knows', () => {
    expect(measuredOf({ kind: 'step', step, outcome: 'failed' })).toEqual([
      { name: 'RotationDelayed', value: 1, code: 'UNEXPECTED' },
    ]);
  });

  test('comes once in an invocation, the first', () => {
    const journal = metricsJournal();
    journal.record(failed('createSecret', 'NOT_ENOUGH_TIME'));
    expect(journal.take()).toHaveLength(1);

    journal.record(failed('createSecret', 'UNREACHABLE'));
    expect(journal.take()).toEqual([]);
  });
});

test('nothing is taken twice', () => {
  const journal = metricsJournal();
  journal.record({ kind: 'stored', step });
  journal.take();

  expect(journal.take()).toEqual([]);
});

describe('how the secret stands', () => {
  const state = {
    kind: 'state',
    step: 'reconcile',
    rotationEnabled: true,
    rotationOverdue: false,
  } as const;

  test('is four measurements, ages in whole seconds', () => {
    const entry = { ...state, currentAgeMs: 86_400_499, retirementOwed: true };

    expect(measuredOf(entry)).toEqual([
      { name: 'CurrentVersionAge', value: 86_400 },
      { name: 'RetirementOwed', value: 1 },
      { name: 'RotationEnabled', value: 1 },
      { name: 'RotationOverdue', value: 0 },
    ]);
  });

  test('is what the later look saw, but for what it could not read', () => {
    const before = { ...state, currentAgeMs: 1_000, retirementOwed: true };

    expect(measuredOf(before, { ...state, rotationOverdue: true, currentAgeMs: 2_000 })).toEqual([
      { name: 'CurrentVersionAge', value: 2 },
      { name: 'RetirementOwed', value: 1 },
      { name: 'RotationEnabled', value: 1 },
      { name: 'RotationOverdue', value: 1 },
    ]);
  });

  test('comes once in an invocation', () => {
    const journal = metricsJournal();
    journal.record(state);
    expect(journal.take()).toHaveLength(2);

    journal.record({ ...state, currentAgeMs: 1_000 });
    expect(journal.take()).toEqual([]);
  });
});
