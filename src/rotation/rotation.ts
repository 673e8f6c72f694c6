import type { Bookings } from './bookings.ts';
import type { Clock } from './clock.ts';
import { codeOf, type Step } from './errors.ts';
import type { Journal, Note, Verb } from './journal.ts';
import type { Plan } from './plan.ts';
import { credentialOf, type Call, type Rotator, type RotatorLog, type Verdict } from './rotator.ts';
import type { SecretDocument } from './secret-document.ts';
import type { SecretStore } from './secret-store.ts';

/** Everything one invocation works with: the secret, how it is rotated, and the world outside. */
export interface Invocation {
  readonly step: Step;
  /** The ARN, as the event names it. */
  readonly secretId: string;
  readonly secret: SecretStore;
  readonly plan: Plan;
  readonly bookings: Bookings;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly log: RotatorLog;
  /** Fires safely before the function's own timeout. */
  readonly signal: AbortSignal;
  /** How long, in ms, until that signal fires. */
  readonly remainingMs: () => number;
}

/** One step of a rotation. */
export interface Rotation extends Invocation {
  /** `ClientRequestToken`: the id of the version this rotation makes. */
  readonly token: string;
}

/** Calls one verb, and records key, verb, outcome and duration. */
export async function onKey<R>(
  { step, journal, clock, log, signal }: Invocation,
  rotator: Rotator,
  verb: Verb,
  run: (call: Call) => Promise<R>,
): Promise<R> {
  const started = clock.now().getTime();
  const entry = { kind: 'key', step, key: rotator.key, rotator: rotator.kind, verb } as const;
  const durationMs = () => clock.now().getTime() - started;

  try {
    const result = await run({ signal, log, withhold: () => undefined });
    journal.record({ ...entry, outcome: outcomeOf(result), durationMs: durationMs() });
    return result;
  } catch (error) {
    journal.record({ ...entry, outcome: 'failed', durationMs: durationMs(), code: codeOf(error) });
    throw error;
  }
}

/** Asks the rotator's system whether it accepts what this version of the secret holds. */
export const probe = (
  invocation: Invocation,
  rotator: Rotator,
  document: SecretDocument,
): Promise<Verdict> =>
  onKey(invocation, rotator, 'probe', (call) =>
    rotator.probe({ ...call, credential: credentialOf(rotator, document) }),
  );

/** Throws when a rotation that starts from what this version of the secret holds could not succeed. */
export const check = (
  invocation: Invocation,
  rotator: Rotator,
  document: SecretDocument,
): Promise<void> =>
  onKey(invocation, rotator, 'check', (call) =>
    rotator.check({ ...call, current: credentialOf(rotator, document) }),
  );

/** Makes `to` the accepted credential of a single-credential system, and proves it. */
export async function switchTo(
  invocation: Invocation,
  rotator: Rotator,
  { to, from, changing }: { to: SecretDocument; from: SecretDocument; changing?: () => void },
): Promise<void> {
  const change = rotator.switch?.bind(rotator);
  if (!change) return;
  await onKey(invocation, rotator, 'switch', (call) =>
    change({ ...call, to: credentialOf(rotator, to), from: credentialOf(rotator, from), changing }),
  );
}

export function note(
  { step, journal }: Invocation,
  name: Note,
  message: string,
  key?: string,
): void {
  journal.record({ kind: 'note', step, note: name, message, ...(key && { key }) });
}

function outcomeOf(result: unknown): 'accepted' | 'rejected' | 'unknown' | 'done' {
  return result === 'accepted' || result === 'rejected' || result === 'unknown' ? result : 'done';
}
