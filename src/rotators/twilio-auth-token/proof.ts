import { RotationError } from '../../rotation/errors.ts';
import type { RotatorLog } from '../../rotation/rotator.ts';
import type { Reading, TwilioAccount } from './account.ts';

/** Two different tokens that both work: one is the primary, the other the secondary. */
export interface LivePair {
  readonly older: string;
  readonly newer: string;
}

/**
 * Tells which of the account's two tokens `current` is, so that ending the other cannot end the
 * credential in use. Throws `SECONDARY_UNPROVEN`.
 */
export async function proveRole(
  account: TwilioAccount,
  {
    current,
    superseded,
    log,
  }: { current: string; superseded?: string | undefined; log: RotatorLog },
): Promise<'primary' | 'secondary'> {
  const own = await account.read(current);
  if (superseded === undefined) {
    if (shown(own) !== current) throw unproven();
    log.warn('There is no earlier version to prove by; Twilio names the current token as primary.');
    return 'primary';
  }
  // A copy by hand of the version before: only another token shown as the primary is a proof.
  if (superseded === current) {
    if (shown(own) === undefined || shown(own) === current) throw unproven();
    return 'secondary';
  }
  // A superseded value that never worked, such as a misspelt one, is dead too and proves nothing.
  if (shown(own) !== undefined && shown(own) !== current) throw unproven();

  // A promotion deletes the primary at once: a dead predecessor means that current took its place.
  const earlier = await account.read(superseded);
  if (earlier.verdict === 'rejected' && own.verdict === 'accepted') return 'primary';
  if (shown(own) !== current || shown(earlier) !== current) throw unproven();
  return 'primary';
}

/**
 * Of two live tokens the newer is the secondary, since Twilio makes every token as one. Where what
 * Twilio shows contradicts that, throws `SECONDARY_UNPROVEN`: a value that was put back by hand is
 * the older token in the newer version.
 */
export async function proveOrder(
  account: TwilioAccount,
  { older, newer }: LivePair,
): Promise<void> {
  const [one, other] = [await account.read(older), await account.read(newer)];
  // The primary is always shown itself. A token that is not, beside one that is, is no primary.
  const primary = shown(one) ?? shown(other);
  if (one.verdict === 'accepted' && primary !== undefined && primary !== older) throw unproven();
}

const shown = (reading: Reading) => (reading.verdict === 'accepted' ? reading.primary : undefined);

const unproven = () =>
  new RotationError(
    'SECONDARY_UNPROVEN',
    'The Twilio account has a secondary auth token, and it cannot be proven whether that is the one in ' +
      'use. Nothing is deleted or promoted. Look at "Auth Tokens" in the console of Twilio: if the token ' +
      'under AWSCURRENT is the primary, delete the secondary; if it is the secondary, promote it. Then ' +
      'rotate again.',
  );
