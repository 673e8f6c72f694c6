import { retryableByCode, type ErrorCode, type Step } from '../rotation/errors.ts';
import type { Journal, JournalEntry, Note } from '../rotation/journal.ts';
import type { Measurement, MetricName } from './metrics.ts';

/** Measures one invocation by what the protocol reports. Never throws. */
export interface MetricsJournal extends Journal {
  /** What was measured since it was last taken. A failure and the secret's state come once. */
  take(): readonly Measurement[];
}

type State = Extract<JournalEntry, { kind: 'state' }>;

export function metricsJournal(): MetricsJournal {
  const measured: Measurement[] = [];
  const once = { failed: false, stateTaken: false };
  let state: State | undefined;

  return {
    record(entry) {
      const failed = entry.kind === 'step' && entry.outcome === 'failed';
      if (failed && once.failed) return;
      once.failed ||= failed;
      if (entry.kind === 'state') state = merged(state, entry);
      else measured.push(...measurementsOf(entry));
    },

    take() {
      const ofState = state && !once.stateTaken ? measurementsOfState(state) : [];
      once.stateTaken ||= state !== undefined;
      return [...measured.splice(0), ...ofState];
    },
  };
}

const one = (name: MetricName): Measurement => ({ name, value: 1 });

function measurementsOf(entry: Exclude<JournalEntry, State>): readonly Measurement[] {
  switch (entry.kind) {
    case 'step':
      return measurementsOfStep(entry);
    case 'stored':
      return [one('RotationStarted')];
    case 'committed':
      return [one('RotationFinished'), { name: 'RotationDuration', value: entry.durationMs }];
    case 'taken-back':
      return [one('RotationUndone')];
    case 'switch-gap':
      return [{ name: 'SwitchGap', value: entry.durationMs }];
    case 'note':
      return [noted[entry.note]].flatMap((name) => (name ? [one(name)] : []));
    case 'dead-letters':
      return [{ name: 'DeadLetters', value: entry.left }];
    case 'dead-letter':
    case 'key':
      return [];
  }
}

const noted: Partial<Record<Note, MetricName>> = {
  'grace-ended-early': 'GraceEndedEarly',
  healed: 'Healed',
  'recovery-booked': 'ReconcileBooked',
  'retirement-booked': 'ReconcileBooked',
  'rolled-back': 'RolledBack',
  'rolled-forward': 'RolledForward',
};

function measurementsOfStep({
  step,
  outcome,
  code = 'UNEXPECTED',
}: Extract<JournalEntry, { kind: 'step' }>): readonly Measurement[] {
  if (outcome === 'failed') return [{ name: failureOf(step, code), value: 1, code }];
  return outcome === 'done' && step === 'reconcile' ? [one('ReconcileDone')] : [];
}

/** What a person asked for, who was told what became of it. */
const askedFor: ReadonlySet<Step> = new Set([
  'inspect',
  'rehearse',
  'repair',
  'compromise',
  'reconcile-now',
]);

/** What is tried again by itself is told apart, so that an alarm wakes nobody for it. */
function failureOf(step: Step, code: ErrorCode) {
  if (step === 'rollback') return 'RollbackFailed';
  if (askedFor.has(step)) return 'OperationFailed';
  if (step === 'reconcile') return retryableByCode[code] ? 'ReconcileDelayed' : 'ReconcileFailed';
  return retryableByCode[code] ? 'RotationDelayed' : 'RotationFailed';
}

/** The later look counts, but for what it could not read. */
const merged = (earlier: State | undefined, later: State): State => ({
  ...later,
  currentAgeMs: later.currentAgeMs ?? earlier?.currentAgeMs,
  retirementOwed: later.retirementOwed ?? earlier?.retirementOwed,
});

function measurementsOfState(state: State): readonly Measurement[] {
  const { rotationEnabled, rotationOverdue, retirementOwed, currentAgeMs } = state;
  const age = currentAgeMs === undefined ? undefined : Math.round(currentAgeMs / 1_000);
  const values: readonly (readonly [MetricName, number | boolean | undefined])[] = [
    ['CurrentVersionAge', age],
    ['RetirementOwed', retirementOwed],
    ['RotationEnabled', rotationEnabled],
    ['RotationOverdue', rotationOverdue],
  ];
  return values.flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value: Number(value) }],
  );
}
