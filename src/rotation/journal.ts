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
      /** A rotation begins to be: the value it made is under AWSPENDING. */
      readonly kind: 'stored';
      readonly step: Step;
    }
  | {
      /** AWSCURRENT moved to the version a rotation made, so many ms after that was made. */
      readonly kind: 'committed';
      readonly step: Step;
      readonly durationMs: number;
    }
  | {
      /** A rotation was undone after a permanent failure: AWSPENDING is off its version. */
      readonly kind: 'taken-back';
      readonly step: Step;
    }
  | {
      /** The published credential did not work from the switch to the label move. */
      readonly kind: 'switch-gap';
      readonly step: Step;
      readonly keys: readonly string[];
      readonly durationMs: number;
    }
  | {
      /** How the secret stands, for whoever watches over it. What could not be read is absent. */
      readonly kind: 'state';
      readonly step: Step;
      readonly rotationEnabled: boolean;
      readonly rotationOverdue: boolean;
      /** How long ago the current version was made. */
      readonly currentAgeMs?: number | undefined;
      /** Every grace of the superseded version is over, and no receipt says that it was retired. */
      readonly retirementOwed?: boolean | undefined;
    }
  | {
      /** A call that was given up before, and what became of it now. */
      readonly kind: 'dead-letter';
      readonly step: Step;
      readonly letter: string;
      readonly outcome: LetterOutcome;
      readonly code?: ErrorCode;
      readonly reason?: string;
    }
  | {
      /** How many calls that were given up a run saw, and how many it left. */
      readonly kind: 'dead-letters';
      readonly step: Step;
      readonly seen: number;
      readonly left: number;
    }
  | {
      readonly kind: 'note';
      readonly step: Step;
      readonly note: Note;
      readonly key?: string;
      readonly message: string;
    };

/** What became of a dead letter: it is gone when it is `done`, and stays otherwise. */
export type LetterOutcome = 'done' | 'failed' | 'not-done' | 'of-another-secret' | 'unreadable';

/** Stable names of things worth a log line, and some of them a metric. */
export type Note =
  | 'already-current'
  | 'already-rolled-back'
  | 'already-stored'
  | 'compromised'
  | 'grace-ended-early'
  | 'healed'
  | 'nothing-owed'
  | 'recovery-booked'
  | 'repaired'
  | 'retired'
  | 'retirement-booked'
  | 'rolled-back'
  | 'rolled-forward'
  | 'state-unknown'
  | 'undo-unfinished'
  | 'undone'
  | 'unverifiable'
  | 'not-due'
  | 'not-known';

export interface Journal {
  record(entry: JournalEntry): void;
}
