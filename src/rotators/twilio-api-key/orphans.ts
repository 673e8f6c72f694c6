import { createHash } from 'node:crypto';
import type { Clock } from '../../rotation/clock.ts';
import type { Credential, NewVersion, RotatorLog } from '../../rotation/rotator.ts';
import { sameSid, type KeyNames } from './credential.ts';
import type { ListedKey, TwilioKeys } from './keys.ts';

/** Longer than the 15 minutes that an invocation can last on Lambda, which may yet store its key. */
const orphanedAfterMs = 20 * 60_000;

interface Place {
  readonly version: NewVersion;
  readonly names: KeyNames;
  readonly current: Credential;
  readonly clock: Clock;
  readonly log: RotatorLog;
}

/**
 * The name of a version's API key at Twilio: at most 64 characters, and no secret. It tells the
 * secret and the key in it, so that what a rotation left behind is known from everything else.
 */
export const nameOf = (version: NewVersion, key: string) =>
  `${prefixOf(version, key)}${digest(version.token)}`;

/**
 * Deletes the keys that a rotation of this secret made and never stored, because it died or the
 * answer was lost: nobody knows their secrets. Only keys with a name of this secret's, in none of
 * its labelled versions, and older than any invocation that could still store them. May run twice.
 */
export async function deleteOrphans(keys: TwilioKeys, token: string, place: Place): Promise<void> {
  const listed = await keys.list(token);
  // That the token is refused is for the creation to say, which comes next.
  if (listed === 'rejected') return;
  const suspects = listed.filter((each) => isOwn(each, place) && isOld(each, place));
  if (suspects.length === 0) return;

  const inUse = sidsIn([place.current, ...(await place.version.labelled())], place.names);
  for (const { sid } of suspects) {
    if (inUse.some((used) => sameSid(used, sid))) continue;
    if ((await keys.delete(token, sid)) !== 'deleted') continue;
    place.log.warn('An API key that an earlier rotation made and never stored is deleted.');
  }
}

const isOwn = ({ name }: ListedKey, { version, names }: Place) =>
  name.startsWith(prefixOf(version, names.secret));

const isOld = ({ created }: ListedKey, { clock }: Place) =>
  created !== undefined && clock.now().getTime() - created.getTime() > orphanedAfterMs;

const sidsIn = (credentials: readonly Credential[], { sid }: KeyNames) =>
  credentials.flatMap((credential) => {
    const held = credential[sid];
    return typeof held === 'string' ? [held] : [];
  });

/** Another key of the same secret may hold an API key of the same account. */
const prefixOf = ({ secret }: NewVersion, key: string) => `keyturn ${digest(`${secret}\n${key}`)} `;

const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12);
