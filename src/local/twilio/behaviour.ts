import type { TwilioCall } from './journal.ts';

/** An error as Twilio numbers it. */
export interface Refusal {
  readonly status: 400 | 401 | 403 | 404 | 409 | 429;
  readonly code: number;
}

/**
 * What goes wrong on the way, besides Twilio's own rules. `rate-limited` and `unavailable`: the
 * call is not processed. `answer-lost`: it is, and a proxy's page without JSON comes back.
 * `answer-held`: it is, and nothing comes back until the client gives up.
 */
export type Fault = 'rate-limited' | 'unavailable' | 'answer-lost' | 'answer-held';

/** What Twilio does not document, or does sometimes. May be changed while the stand-in runs. */
export interface TwilioBehaviour {
  /** The tokens that may call Promote. Undocumented; seen with either. */
  whoMayPromote: 'both' | 'primary' | 'secondary';
  /** The tokens that may delete the secondary. Undocumented. */
  whoMayDeleteSecondary: 'both' | 'primary' | 'secondary';
  /** The `auth_token` of an account that its secondary token reads. Undocumented. */
  accountTokenShownToSecondary: 'primary' | 'own' | 'none';
  /** The answer to a second secondary. Seen, not documented. */
  secondaryExists: Refusal;
  /** The answer to Promote without a secondary. Seen, not documented. */
  nothingToPromote: Refusal;
  /** The answer to the deletion of a secondary that is not there. Likely. */
  nothingToDelete: Refusal;
  /** The answer to every call of a suspended account. The status is documented, the code is not. */
  suspended: Refusal;
  /** Failed authentications of one account within a minute before it is refused altogether. */
  failuresTolerated: number;
  /** The answer once too many authentications failed. The status is not documented. */
  tooManyFailures: Refusal;
  /** How long a new key is refused like a wrong one. Not documented. */
  keyDelayMs: number;
  /** How long a deleted key is still accepted. Not documented. */
  keyLingerMs: number;
  /** Asked for every call of a known route, before anything else. */
  fault: (call: Pick<TwilioCall, 'method' | 'route'>) => Fault | undefined;
}

export const usualBehaviour: TwilioBehaviour = {
  whoMayPromote: 'both',
  whoMayDeleteSecondary: 'both',
  accountTokenShownToSecondary: 'primary',
  secondaryExists: { status: 400, code: 70002 },
  nothingToPromote: { status: 404, code: 20404 },
  nothingToDelete: { status: 404, code: 20404 },
  suspended: { status: 403, code: 20003 },
  failuresTolerated: Infinity,
  tooManyFailures: { status: 429, code: 70005 },
  keyDelayMs: 0,
  keyLingerMs: 0,
  fault: () => undefined,
};
