import { randomInt } from 'node:crypto';

import { newSid } from './account.ts';

/** What a restricted key may do, as its policy lists it. */
export type Permission = '/twilio/messaging/messages/read' | '/twilio/messaging/messages/create';

/** `main` keys exist only by the console; `restricted` ones only by `iam.twilio.com`. */
type ApiKeyType = 'main' | 'standard' | 'restricted';

export interface ApiKey {
  readonly sid: string;
  readonly type: ApiKeyType;
  readonly friendlyName: string;
  readonly allow: readonly string[];
  readonly secret: string;
  readonly created: Date;
}

/** A key that is there no more. */
export interface EndedKey {
  readonly key: ApiKey;
  readonly ended: Date;
}

export interface NewApiKey {
  readonly type: ApiKeyType;
  readonly friendlyName?: string | undefined;
  readonly allow?: readonly string[];
  /** Now, where it is absent. */
  readonly created?: Date;
}

/** A key with a new SID and a secret of 32 letters and digits. */
export const newApiKey = (
  now: Date,
  { type, friendlyName = '', allow = [], created = now }: NewApiKey,
): ApiKey => ({
  sid: newSid('SK'),
  type,
  friendlyName,
  allow,
  secret: Array.from({ length: 32 }, () => alphabet[randomInt(alphabet.length)]).join(''),
  created,
});

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
