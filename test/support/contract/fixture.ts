import type { Credential, Rotator } from '../../../src/rotation/rotator.ts';
import type { Gate } from '../gate.ts';

/** A system of its own that a rotator works on, with one credential in use. */
export interface System {
  readonly current: Credential;
  /** Shaped like `current`, and never accepted. */
  readonly wrong: Credential;
  /** The rotator as one invocation has it, fresh; whatever it calls outside passes the gate. */
  rotator(gate: Gate): Promise<Rotator>;
  /** Whether the credential works: the system's own word, not the rotator's. */
  works(credential: Credential): Promise<boolean>;
  /** All that a verb could change, to be compared. */
  state(): Promise<unknown>;
  /** Resolves when nothing is under way in the system. */
  settled(): Promise<void>;
  /** For systems that live inside the application: it is given this credential from now on. */
  publish?(credential: Credential): void;
  close(): Promise<void>;
}

/** The arguments of a revocation that nobody could prove to be safe. */
export interface Ambiguity {
  readonly victim: Credential;
  readonly keep: Credential;
  readonly newer: 'victim' | 'keep';
}

/** Parts of the contract that some kind of rotator cannot be held to. */
export type Part =
  | 'refusal of a credential'
  | 'calls outside'
  | 'calls of create'
  | 'end of the victim'
  | 'ambiguous revocation';

/** One entry of the contract suite: how to build a system, and how to break it. */
export interface Fixture<S extends System = System> {
  build(): Promise<S>;
  /** Set-ups that `check` must refuse, by what is wrong; may answer another current credential. */
  readonly sick: Readonly<Record<string, (system: S) => Promise<Credential | undefined>>>;
  /** Arranges two credentials of which it cannot be proven which is which. */
  readonly ambiguity?: (system: S, made: Credential) => Promise<Ambiguity>;
  /** What does not apply, and why. */
  readonly notApplicable?: Partial<Readonly<Record<Part, string>>>;
}
