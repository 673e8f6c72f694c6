import { RotationError } from '../../rotation/errors.ts';
import type { Credential } from '../../rotation/rotator.ts';
import { textOf } from '../credential-text.ts';
import type { ApiKey } from './keys.ts';

/** The keys of the secret that hold the two parts of an API key. */
export interface KeyNames {
  readonly secret: string;
  readonly sid: string;
}

const sidPattern = /^SK[0-9a-fA-F]{32}$/;

/** Throws `KEY_MISSING`, `KEY_NOT_TEXT` or `KEY_UNUSABLE`: the SID goes into addresses. */
export function apiKeyIn(credential: Credential, names: KeyNames): ApiKey {
  const sid = textOf(credential, names.sid);
  const secret = textOf(credential, names.secret);
  if (sidPattern.test(sid)) return { sid, secret };
  throw new RotationError(
    'KEY_UNUSABLE',
    `The key ${names.sid} is no SID of a Twilio API key: that is "SK" and 32 hexadecimal digits. Correct the ` +
      'secret and rotate again.',
    { key: names.sid },
  );
}

/** The API key of a version that need not have one, such as one from before it was added. */
export function apiKeyPerhapsIn(credential: Credential, names: KeyNames): ApiKey | undefined {
  const [sid, secret] = [credential[names.sid], credential[names.secret]];
  if (typeof sid !== 'string' || typeof secret !== 'string') return undefined;
  return sidPattern.test(sid) && secret !== '' ? { sid, secret } : undefined;
}

/** Whether two texts name the same key at Twilio. */
export const sameSid = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
