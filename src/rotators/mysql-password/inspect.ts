import type { Call, Credential } from '../../rotation/rotator.ts';
import { withSession, type Session } from '../database/server.ts';
import { currentRejected, type Access } from './access.ts';
import { standingOf } from './account.ts';
import { factsOf, type Facts } from './facts.ts';
import { explained } from './refusals.ts';

/** The facts on the account of the password in use. Reads only. Throws `CURRENT_REJECTED`. */
export async function inspect(access: Access, call: Call, current: Credential): Promise<Facts> {
  const own = await access.open(call, current);
  if (own === 'rejected') throw currentRejected();
  return withSession(own, async () => {
    const admin = await access.openAdmin(call, current);
    if (admin) return withSession(admin, () => read(own, admin));
    // An account that changes itself needs room for this session and for a login that proves it.
    if ((await access.probe(call, current)) === 'rejected') throw currentRejected();
    return read(own);
  });
}

async function read(own: Session, admin?: Session): Promise<Facts> {
  const standing = await standingOf(own);
  try {
    return await factsOf(standing, own, admin);
  } catch (error) {
    throw explained(error, standing);
  }
}
