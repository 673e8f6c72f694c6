/** An API key: its SID is the user's name, its secret the password. */
export interface ApiKey {
  readonly sid: string;
  readonly secret: string;
}

/** A key as Twilio shows it to those who may manage keys. */
export interface ListedKey {
  readonly sid: string;
  readonly name: string;
  /** Absent where Twilio's answer cannot be read as a date. */
  readonly created: Date | undefined;
}

/** What Twilio says of a key. `not-permitted`: it knows the key, which may not do what was asked. */
export type Answer = 'accepted' | 'rejected' | 'not-permitted';

/**
 * The API keys of one Twilio account or subaccount. What takes a `token` is done with that auth
 * token of the account. Throws `RotationError`; a refusal is an answer, not an error.
 */
export interface TwilioKeys {
  /** Asks with the key for a list of one message, or for `url`. */
  probe(key: ApiKey, url?: string): Promise<Answer>;
  /** Whether the key may read the account itself, as main keys may and standard ones may not. */
  readsAccount(key: ApiKey): Promise<boolean>;
  read(
    token: string,
    sid: string,
  ): Promise<(ListedKey & { readonly restricted: boolean }) | 'missing' | 'rejected'>;
  /** All keys of the account, whoever made them. */
  list(token: string): Promise<readonly ListedKey[] | 'rejected'>;
  /** A new key. Its secret is shown once and can never be read again. */
  create(token: string, key: NewKey): Promise<ApiKey | 'rejected'>;
  delete(token: string, sid: string): Promise<'deleted' | 'missing' | 'rejected'>;
}

interface NewKey {
  /** At most 64 characters. */
  readonly name: string;
  /** What a restricted key may do; absent: a standard key. */
  readonly policy?: readonly string[] | undefined;
}

export type OpenTwilioKeys = (request: {
  readonly accountSid: string;
  readonly signal: AbortSignal;
}) => Promise<TwilioKeys>;
