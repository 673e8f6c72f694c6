import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

import type { ApiKey, EndedKey } from './api-key.ts';

export type AccountStatus = 'active' | 'suspended' | 'closed';

export interface AuthToken {
  readonly value: string;
  readonly created: Date;
  readonly updated: Date;
}

/** A message that was "sent". */
export interface TwilioMessage {
  readonly sid: string;
  readonly to: string;
  readonly from: string | undefined;
  readonly messagingServiceSid: string | undefined;
  readonly body: string;
  readonly created: Date;
}

/** What Twilio mails to an account's owners, unless `SuppressEmailNotification` says not to. */
export interface TwilioMail {
  readonly at: Date;
  readonly about: 'secondary created' | 'secondary deleted' | 'secondary promoted';
}

/** An account or subaccount, as the stand-in holds it. */
export interface Account {
  readonly sid: string;
  readonly ownerSid: string;
  readonly friendlyName: string;
  readonly created: Date;
  status: AccountStatus;
  primary: AuthToken;
  secondary: AuthToken | undefined;
  failures: readonly Date[];
  readonly keys: Map<string, ApiKey>;
  readonly endedKeys: Map<string, EndedKey>;
  readonly messages: TwilioMessage[];
  readonly mails: TwilioMail[];
}

/** A random SID: two letters and 32 hexadecimal digits. */
export const newSid = (prefix: 'AC' | 'SK' | 'SM') => prefix + randomBytes(16).toString('hex');

/** A random auth token: 32 hexadecimal digits. */
export const newAuthToken = (now: Date, value = randomBytes(16).toString('hex')): AuthToken => ({
  value,
  created: now,
  updated: now,
});

/** Compares in constant time, whatever the lengths. */
export const sameSecret = (one: string, other: string) =>
  timingSafeEqual(digest(one), digest(other));

const digest = (value: string) => createHash('sha256').update(value).digest();
