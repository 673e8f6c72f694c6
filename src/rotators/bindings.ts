import { RotationError } from '../rotation/errors.ts';
import { isSameSecret } from './database/secret-id.ts';
import { invalidConfiguration } from './invalid-configuration.ts';
import type { Binding } from './kind.ts';

/**
 * Throws `KEY_CLAIMED_TWICE` where two keys would hold the one credential of a system: the second
 * switch would end the first.
 */
export function assertOneEach(bindings: readonly Binding[], secret: string): void {
  const claims = new Map<string, string>();
  for (const { key, system } of bindings) {
    for (const each of system) {
      const earlier = claims.get(each);
      if (earlier !== undefined) throw claimedTwice(secret, [earlier, key], each);
      claims.set(each, key);
    }
  }
}

/**
 * Throws `CONFIG_INVALID` where the administrator's secret is the rotated one itself, by its name: a
 * rotation would change what it is made with.
 */
export function assertNotOwnAdmin(bindings: readonly Binding[], secret: string): void {
  for (const { key, grants } of bindings) {
    const read = grants.filter((grant) => grant.startsWith(secretGrant));
    const isOwn = read.some((grant) => isSameSecret(grant.slice(secretGrant.length), secret));
    if (isOwn) throw ownAdmin(secret, key);
  }
}

/** Stands before the id of another secret that is read. */
const secretGrant = 'secret:';

const claimedTwice = (secret: string, keys: readonly [string, string], system: string) =>
  new RotationError(
    'KEY_CLAIMED_TWICE',
    `Two keys of one secret, ${keys.join(' and ')} of ${secret}, would both be rotated as ${system}. Leave it ` +
      'to one of them in rotation.config.ts.',
  );

const ownAdmin = (secret: string, key: string) =>
  invalidConfiguration(
    `the adminSecret of the key ${key} of ${secret} is ${secret} itself. Name another one: the ` +
      'administrator who changes the password needs a secret of his own.',
    key,
  );
