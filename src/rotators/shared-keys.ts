import type { Rotator } from '../rotation/rotator.ts';
import { invalidConfiguration } from './invalid-configuration.ts';

/** Throws `CONFIG_INVALID` where a key that messages may tell is a secret that is rotated. */
export function assertUntold(rotators: readonly Rotator[]): void {
  const isSecret = (name: string) =>
    rotators.some(
      ({ key, changes, shown }) =>
        name === key || (changes.includes(name) && !shown?.includes(name)),
    );
  for (const rotator of rotators) {
    const secret = rotator.shown?.find(isSecret);
    if (secret !== undefined) throw told(rotator, secret);
  }
}

interface Reader {
  readonly rotator: Rotator;
  /** Keys it reads that another may change. */
  readonly follows: readonly string[];
}

/** Throws `CONFIG_INVALID` where a rotator reads as settled what a rotation changes. */
export function assertSettled(readers: readonly Reader[]): void {
  const rotators = readers.map(({ rotator }) => rotator);
  for (const { rotator, follows } of readers) {
    const own = rotator.reads.find((name) => rotator.changes.includes(name));
    if (own !== undefined) throw changing(rotator, own, 'it changes itself');
    for (const other of rotators) {
      const read = rotator.reads.filter((name) => !follows.includes(name));
      const moved = read.find((name) => other.changes.includes(name));
      if (moved !== undefined) throw changing(rotator, moved, `${nameOf(other)} changes`);
    }
  }
}

const nameOf = ({ kind, key }: Rotator) => `the rotator ${kind} of ${key}`;

const told = (rotator: Rotator, key: string) =>
  invalidConfiguration(
    `${nameOf(rotator)} would tell the value of ${key} in messages, and that is a secret which is ` +
      'rotated. Name the key that was meant, such as that of a host or a user.',
    key,
  );

const changing = (rotator: Rotator, key: string, by: string) =>
  invalidConfiguration(
    `${nameOf(rotator)} reads ${key}, which ${by}: what it says of the credential would not stay so. ` +
      'Name a key that no rotation changes, or leave one of the two to somebody else.',
    key,
  );
