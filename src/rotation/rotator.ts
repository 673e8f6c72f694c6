import type { JsonValue, SecretDocument } from './secret-document.ts';

/** What a system answered when asked whether it takes a credential. `unknown`: it cannot be asked. */
export type Verdict = 'accepted' | 'rejected' | 'unknown';

/** The keys of one version of the secret that one rotator declared: those it changes and reads. */
export type Credential = Readonly<Record<string, JsonValue>>;

/** A logger that replaces every secret value in play, in any encoding, before it writes. */
export interface RotatorLog {
  info(message: string): void;
  warn(message: string): void;
}

/** What every verb is called with, beside its own arguments. */
export interface Call {
  /** Fires safely before the function's own timeout; every outside call must carry it. */
  readonly signal: AbortSignal;
  readonly log: RotatorLog;
  /**
   * Tells of a secret that came into play beside the credentials, such as an administrator's
   * password: all texts in it are withheld from log lines and errors from then on.
   */
  readonly withhold: (value: unknown) => void;
}

/** The version that a rotation is making. */
export interface NewVersion {
  /** The ARN of the secret. */
  readonly secret: string;
  /** The rotation's token, which is the id of the version. */
  readonly token: string;
  /** This rotator's credentials in all versions that carry a label now, pending ones included. */
  readonly labelled: () => Promise<readonly Credential[]>;
}

/**
 * Rotates one kind of credential. The verbs do not know the direction: commit, undo and healing
 * are the same verbs with other arguments. Each asks first which value is accepted, so that it
 * may run twice, or again after a crash half-way, and ends in the same state.
 *
 * All throw `RotationError`; "unreachable" is never "rejected".
 */
export interface Rotator {
  /** The kind's name in `rotation.config.ts`. */
  readonly kind: string;
  /** The key it is configured for, the first of `changes`. */
  readonly key: string;
  /** Keys whose values `create` replaces. All but `optional` ones must be in the secret. */
  readonly changes: readonly string[];
  /** Keys it needs beside them. */
  readonly reads: readonly string[];
  /** Keys among the above that the secret need not have yet. */
  readonly optional: readonly string[];
  /** Keys among the above whose values are no secrets, such as a host's name: messages may tell them. */
  readonly shown?: readonly string[];
  /** How long the superseded credential lives on, in ms. 0: it has no life beside the new one. */
  readonly graceMs: number;
  /** True when a provider makes the value: it is then created last, after all of ours. */
  readonly madeByProvider: boolean;
  /** The longest that a switch and its proof may take, in ms; 0 without `switch`. */
  readonly switchBudgetMs: number;
  /**
   * Whether an administrator can set its credential where the system accepts none that is known. Then
   * `switch`, or `install` where there is none, from a credential to itself makes it the accepted one.
   */
  readonly administered?: boolean | undefined;

  /** Asks the real system whether it accepts this credential now. Changes nothing. */
  probe(call: Call & { readonly credential: Credential }): Promise<Verdict>;

  /** Reads only. Throws when a rotation that starts from `current` could not succeed. */
  check(call: Call & { readonly current: Credential }): Promise<void>;

  /**
   * Makes new values for keys among `changes`; `current` keeps working. `superseded` answers what
   * AWSPREVIOUS holds, for a provider that must prove which credential is which; `undone` is what
   * a rotation taken back had published; `version` names what is being made, for a provider whose
   * credentials carry a name. With `compromised` somebody has `current`, and what stands beside it:
   * nothing of it may be accepted with the new values, as an earlier key is.
   */
  create(
    call: Call & {
      readonly current: Credential;
      readonly superseded: () => Promise<Credential | undefined>;
      readonly undone?: Credential | undefined;
      readonly compromised?: boolean;
      readonly version: NewVersion;
    },
  ): Promise<Credential>;

  /**
   * Makes `next` accepted beside `current`, or rehearses the switch from one to the other.
   * `stillPending` throws where another rotation took the place of this one. A system with no room
   * for a third credential must ask it inside its own lock, right before a change: what the other
   * rotation has published may be in that room.
   */
  install(
    call: Call & {
      readonly next: Credential;
      readonly current: Credential;
      readonly stillPending: () => Promise<void>;
    },
  ): Promise<void>;

  /**
   * Single-credential systems: makes `to` the accepted one and proves it by a probe. Calls
   * `changing` right before it sends the change: the switch gap is measured from there.
   */
  switch?(
    call: Call & {
      readonly to: Credential;
      readonly from: Credential;
      readonly changing?: (() => void) | undefined;
    },
  ): Promise<void>;

  /**
   * Makes `victim` stop working and never harms `keep`. Does nothing when the two are equal or
   * the victim is dead already, or is no credential; refuses when it cannot prove which is which.
   * `newer` says which of the two was made later.
   */
  revoke(
    call: Call & {
      readonly victim: Credential;
      readonly keep: Credential;
      readonly newer: 'victim' | 'keep';
    },
  ): Promise<void>;
}

/** The rotator's own keys out of a whole secret. */
export function credentialOf(rotator: Rotator, document: SecretDocument): Credential {
  const names = [...rotator.changes, ...rotator.reads];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = document.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Whether two versions of the secret hold the same credential for this rotator, what it reads included. */
export function sameCredential(rotator: Rotator, one: SecretDocument, other: SecretDocument) {
  return [...rotator.changes, ...rotator.reads].every((name) => sameUnder(name, one, other));
}

/** Whether two versions of the secret hold the same under the keys that this rotator changes. */
export function sameValues(rotator: Rotator, one: SecretDocument, other: SecretDocument) {
  return rotator.changes.every((name) => sameUnder(name, one, other));
}

const sameUnder = (name: string, one: SecretDocument, other: SecretDocument) =>
  JSON.stringify(one.get(name)) === JSON.stringify(other.get(name));
