import { RotationError } from '../rotation/errors.ts';
import type { Credential } from '../rotation/rotator.ts';

/** A key's text; throws `KEY_MISSING` or `KEY_NOT_TEXT`. */
export function textOf(credential: Credential, key: string): string {
  const value = credential[key];
  if (typeof value === 'string' && value !== '') return value;
  throw new RotationError(
    value === undefined ? 'KEY_MISSING' : 'KEY_NOT_TEXT',
    `The key ${key} must be in the secret, as a text that is not empty. Correct the secret and rotate again.`,
    { key },
  );
}
