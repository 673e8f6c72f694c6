import type { Call, Credential } from '../../rotation/rotator.ts';
import { adminRejected, readAdmin } from '../database/admin.ts';
import type { Place } from '../database/place.ts';
import { withSession, type Session } from '../database/server.ts';
import type { Systems } from '../kind.ts';
import { lockedTransaction } from '../postgres/locked-transaction.ts';
import type { Options } from './options.ts';
import { explaining, isAdministrator } from './refusals.ts';
import { isUser, lockName } from './users.ts';

/** What the administrator does, at the place where a credential is good. */
export interface Administration {
  readonly asAdmin: <R>(
    call: Call & { readonly credential: Credential },
    work: (session: Session, admin: string) => Promise<R>,
  ) => Promise<R>;
  /** Changes one of the two while no other run of Keyturn changes either. */
  readonly changing: (
    call: Call & { readonly credential: Credential; readonly role: string },
    work: (session: Session) => Promise<void>,
  ) => Promise<void>;
}

/** Both throw `ADMIN_REJECTED` or `ADMIN_SECRET_UNUSABLE` where he cannot log in. */
export function administration(
  options: Options,
  systems: Systems,
  placeOf: (call: Call, credential: Credential) => Promise<Place>,
): Administration {
  const { users } = options;

  const asAdmin: Administration['asAdmin'] = async (call, work) => {
    const place = await placeOf(call, call.credential);
    const admin = await readAdmin(call, options, systems.readSecret);
    if (!admin) throw adminRejected(options);
    if (isUser(users, admin.user)) throw isAdministrator(admin.user);
    const session = await systems.postgres.open({ ...place, ...admin, signal: call.signal });
    if (session === 'rejected') throw adminRejected(options);
    return withSession(session, (opened) => work(opened, admin.user));
  };

  return {
    asAdmin,
    changing: (call, work) =>
      asAdmin(call, (session, admin) =>
        explaining({ role: call.role, admin }, () =>
          lockedTransaction(session, { role: lockName(users) }, () => work(session)),
        ),
      ),
  };
}
