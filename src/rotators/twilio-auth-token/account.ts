/** What Twilio answers to a token that asks for its account. */
export type Reading =
  | { readonly verdict: 'rejected' }
  /** `primary`: the primary token, where Twilio shows it. */
  | { readonly verdict: 'accepted'; readonly primary: string | undefined };

export type Made = { readonly token: string } | 'exists' | 'rejected';

/**
 * The auth tokens of one Twilio account or subaccount. Every call authenticates with the token it
 * is given. Throws `RotationError`; a refused token is an answer, not an error.
 */
export interface TwilioAccount {
  read(token: string): Promise<Reading>;
  /** The new token, or why there is none. It is shown once and can never be read again. */
  createSecondary(token: string): Promise<Made>;
  deleteSecondary(token: string): Promise<'deleted' | 'missing' | 'rejected'>;
  /** Makes the secondary the primary, and deletes the primary at once. */
  promote(token: string): Promise<'promoted' | 'missing' | 'rejected'>;
}

export type OpenTwilioAccount = (request: {
  readonly accountSid: string;
  readonly signal: AbortSignal;
}) => Promise<TwilioAccount>;
