import { randomInt } from 'node:crypto';
import { localAccount } from '../aws-service.ts';
import type { Identity, NamedPolicy } from './identity.ts';

/** Somebody with access keys, who may do what its own policies say. */
export interface User extends Identity {
  readonly name: string;
  readonly id: string;
  readonly policies: NamedPolicy[];
  readonly accessKeyIds: Set<string>;
}

export type Users = ReturnType<typeof createUsers>;

/** The users of the account that were made by requests. */
export function createUsers() {
  const users = new Map<string, User>();

  return {
    get: (name: string) => users.get(name),
    create(name: string): User {
      const arn = `arn:aws:iam::${localAccount}:user/${name}`;
      const user = { name, id: idOf('AIDA'), arn, policies: [], accessKeyIds: new Set<string>() };
      users.set(name, user);
      return user;
    },
    remove: (name: string) => users.delete(name),
    withKey: (accessKeyId: string): User | undefined =>
      [...users.values()].find(({ accessKeyIds }) => accessKeyIds.has(accessKeyId)),
  };
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** An id as IAM makes them: what it is of is in its first letters. */
export const idOf = (prefix: string) =>
  prefix + Array.from({ length: 16 }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
