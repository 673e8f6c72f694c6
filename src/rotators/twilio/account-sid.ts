import { RotationError } from '../../rotation/errors.ts';
import type { Credential } from '../../rotation/rotator.ts';
import { textOf } from '../credential-text.ts';

/** The account's SID, which goes into addresses. Throws `KEY_MISSING`, `KEY_NOT_TEXT` or `KEY_UNUSABLE`. */
export function accountSid(credential: Credential, accountSidKey: string): string {
  const sid = textOf(credential, accountSidKey);
  if (/^AC[0-9a-fA-F]{32}$/.test(sid)) return sid;
  throw new RotationError(
    'KEY_UNUSABLE',
    `The key ${accountSidKey} is no Twilio account SID: that is "AC" and 32 hexadecimal digits. Correct ` +
      'the secret and rotate again.',
    { key: accountSidKey },
  );
}
