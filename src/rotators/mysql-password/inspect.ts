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
    return admin ? withSession(admin, () => read(own, admin)) : read(own);
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
