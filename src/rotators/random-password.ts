import { randomText } from './random-text.ts';

/** Characters of a new password: 239 bits from a URL- and shell-safe alphabet. */
export const passwordLength = 40;

/**
 * A password from the CSPRNG of letters, digits, `-` and `_`, with at least one of each kind, since
 * password policies count kinds. What that costs in randomness is less than a bit.
 */
export function randomPassword(length: number = passwordLength): string {
  for (;;) {
    const password = randomText(length);
    if (kinds.every((kind) => kind.test(password))) return password;
  }
}

const kinds = [/[A-Z]/, /[a-z]/, /[0-9]/, /[-_]/];
