import type { ErrorCode, Step } from './errors.ts';

export type Verb = 'probe' | 'check' | 'create' | 'install' | 'switch' | 'revoke';

/** What the protocol reports while it runs. Never holds a value. */
export type JournalEntry =
  | {
      readonly kind: 'step';
      readonly step: Step;
      readonly outcome: 'started' | 'done' | 'failed';
      readonly durationMs?: number;
      readonly code?: ErrorCode;
    }
  | {
      readonly kind: 'key';
      readonly step: Step;
      readonly key: string;
      readonly rotator: string;
      readonly verb: Verb;
      readonly outcome: 'done' | 'failed' | 'accepted' | 'rejected' | 'unknown';
      readonly durationMs: number;
      readonly code?: ErrorCode;
    }
  | {
      /** The published credential did not work from the switch to the label move. */
      readonly kind: 'switch-gap';
      readonly step: Step;
      readonly keys: readonly string[];
      readonly durationMs: number;
    }
  | {
      readonly kind: 'note';
      readonly step: Step;
      readonly note: Note;
      readonly key?: string;
      readonly message: string;
    };

/** Stable names of things worth a log line, and later a metric. */
export type Note =
  | 'already-current'
  | 'already-rolled-back'
  | 'already-stored'
  | 'grace-ended-early'
  | 'healed'
  | 'nothing-owed'
  | 'recovery-booked'
  | 'retired'
  | 'retirement-booked'
  | 'rolled-back'
  | 'rolled-forward'
  | 'undo-unfinished'
  | 'undone'
  | 'unverifiable'
  | 'not-due';

export interface Journal {
  record(entry: JournalEntry): void;
}
