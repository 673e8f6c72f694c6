import type { JournalEntry } from '../../rotation/journal.ts';
import type { Step } from '../../rotation/errors.ts';
import type { RotationStep } from '../../rotation/run-step.ts';
import { production } from '../stack/environments.ts';
import type { Stack } from '../stack/stack.ts';
import { userAgentOf } from '../stack/deployment.ts';

const writes: ReadonlySet<string> = new Set(['PutSecretValue', 'UpdateSecretVersionStage']);

/** What was seen of one rotation so far. */
export interface Seen {
  readonly steps: { step: RotationStep; ms: number }[];
  readonly rotators: Map<string, string>;
  readonly secretsManagerCalls: { total: number; writes: number; ofAdministrator: number };
  switchGapMs: number;
}

/** Something that happened, for whoever shows it. */
export type Sighting =
  | {
      readonly kind: 'key';
      readonly step: RotationStep;
      readonly key: string;
      readonly verb: string;
    }
  | { readonly kind: 'step'; readonly step: RotationStep; readonly ms: number }
  | { readonly kind: 'rotated' | 'retired' }
  | { readonly kind: 'failed'; readonly error: string };

export interface RotationWatch {
  readonly seen: Seen;
  /** Hears a journal entry of the production functions. */
  readonly hear: (entry: JournalEntry) => void;
  /** Every sighting so far, and each to come. */
  onSighting(listener: (sighting: Sighting) => void): void;
  /** Resolves at the first sighting that fits; rejects when the rotation fails first. */
  until(fits: (sighting: Sighting) => boolean): Promise<void>;
  stop(): void;
}

/** Watches one rotation through the functions' journal and the stand-in's events and calls. */
export function watchRotation({ secretsManager }: Stack, signal: AbortSignal): RotationWatch {
  const seen: Seen = {
    steps: [],
    rotators: new Map(),
    secretsManagerCalls: { total: 0, writes: 0, ofAdministrator: 0 },
    switchGapMs: 0,
  };
  const sightings: Sighting[] = [];
  const listeners = new Set<(sighting: Sighting) => void>();
  function sight(sighting: Sighting) {
    sightings.push(sighting);
    for (const listener of listeners) listener(sighting);
  }
  function onSighting(listener: (sighting: Sighting) => void) {
    for (const sighting of sightings) listener(sighting);
    listeners.add(listener);
  }

  const caller = userAgentOf(production.rotateArn);
  const stopCalls = secretsManager.onCall(({ operation, userAgent, secret }) => {
    if (!userAgent.includes(caller)) return;
    const { secretsManagerCalls: calls } = seen;
    if (secret !== production.secretArn) return void (calls.ofAdministrator += 1);
    calls.total += 1;
    if (writes.has(operation)) calls.writes += 1;
  });
  const stopEvents = secretsManager.onEvent(({ type, secret, error }) => {
    if (secret !== production.secretArn) return;
    if (type === 'RotationSucceeded') sight({ kind: 'rotated' });
    if (type === 'RotationFailed' || type === 'RotationAbandoned') {
      sight({ kind: 'failed', error: error ?? type });
    }
  });

  const interrupt = () => sight({ kind: 'failed', error: 'it was interrupted' });
  signal.addEventListener('abort', interrupt, { once: true });

  return {
    seen,
    hear: (entry) => hear(entry, seen, sight),
    onSighting,
    until: (fits) =>
      new Promise((resolve, reject) => {
        const state = { settled: false };
        onSighting((sighting) => {
          if (state.settled) return;
          state.settled = sighting.kind === 'failed' || fits(sighting);
          if (sighting.kind === 'failed')
            reject(new Error(`The rotation failed: ${sighting.error}`));
          else if (state.settled) resolve();
        });
      }),
    stop() {
      stopCalls();
      stopEvents();
      signal.removeEventListener('abort', interrupt);
    },
  };
}

function hear(entry: JournalEntry, seen: Seen, sight: (sighting: Sighting) => void): void {
  if (entry.kind === 'note' && entry.note === 'retired') return sight({ kind: 'retired' });
  const { step } = entry;
  if (!isRotationStep(step)) return;

  if (entry.kind === 'switch-gap') seen.switchGapMs = entry.durationMs;
  if (entry.kind === 'key') {
    seen.rotators.set(entry.key, entry.rotator);
    if (entry.outcome !== 'failed') sight({ kind: 'key', step, key: entry.key, verb: entry.verb });
  }
  if (entry.kind === 'step' && entry.outcome === 'done') {
    const ms = entry.durationMs ?? 0;
    seen.steps.push({ step, ms });
    sight({ kind: 'step', step, ms });
  }
}

const isRotationStep = (step: Step): step is RotationStep =>
  ['createSecret', 'setSecret', 'testSecret', 'finishSecret'].includes(step);
