import { createHash } from 'node:crypto';
import type { AlternatingOptions } from './options.ts';

/** What is noted on the first role until its password is published. */
export interface Mark {
  /** Of the place that the password is for; tells nothing of it. */
  readonly place: string;
  /** The version that it is to be published in. */
  readonly token: string;
}

interface Place extends Pick<AlternatingOptions, 'secret' | 'userKey' | 'passwordKey'> {
  readonly region: string;
  /** Of the secret, or of the administrator's where there is none yet. */
  readonly arn: string | undefined;
}

/** The same for the same keys of the same secret, whether it is there yet or not. */
export function placeOf({ region, arn = '', secret, userKey, passwordKey }: Place): string {
  const account = arn.split(':')[4] ?? '';
  const told = JSON.stringify([region, account, secret, userKey, passwordKey]);
  return createHash('sha256').update(told).digest('hex');
}

const before = 'keyturn init: the password is not stored yet';

export const noteOf = ({ place, token }: Mark): string => `${before} (${place} ${token})`;

export const isNote = (note: string): boolean => note.startsWith(before);

/** The token in a note on a role; `undefined` where it is none of this place. */
export function tokenOf(note: string, { place }: Pick<Mark, 'place'>): string | undefined {
  const [, noted, token] = /\((\S+) (\S+)\)$/.exec(note) ?? [];
  return isNote(note) && noted === place ? token : undefined;
}
