import { RotationError } from '../../rotation/errors.ts';
import type { Call, Credential } from '../../rotation/rotator.ts';
import { adminRejected, readAdmin, type Admin } from '../database/admin.ts';
import type { AdminOptions } from '../database/connection-options.ts';
import { shownSecret } from '../database/secret-id.ts';
import {
  StatementRefused,
  withSession,
  type LogInRequest,
  type Session,
} from '../database/server.ts';
import type { Systems } from '../kind.ts';
import { explained } from '../postgres/refusals.ts';

/** Logins of one role at one place, in the order in which to try them. */
export type Logins = readonly [LogInRequest, ...LogInRequest[]];

/** A session that is to change a role's password: the role's own, or an administrator's. */
interface Entered {
  readonly session: Session;
  readonly role: string;
  readonly admin: string | undefined;
  /** Why it is not the administrator's, where one is configured. */
  readonly instead?: RotationError;
  /** Throws `CURRENT_REJECTED` where the server refuses all of these logins of the role. */
  assertOneAccepted(logins: Logins): Promise<void>;
}

/**
 * Opens such a session: by the administrator where one is configured, else by the first login of the
 * role that is accepted. Throws `CURRENT_REJECTED`, `ADMIN_REJECTED` or `ADMIN_SECRET_UNUSABLE`.
 */
export function entrance(options: AdminOptions, { postgres, readSecret }: Systems) {
  async function enter(call: Call, credential: Credential, logins: Logins): Promise<Entered> {
    const admin = await readAdmin({ ...call, credential }, options, readSecret);
    return admin ? byAdmin(logins[0], admin) : byItself(logins);
  }

  /**
   * Enters by the role itself where the administrator, or his secret, is of no use: what is to end a
   * switch gap may not depend on a second secret. Throws the administrator's error if that fails too.
   */
  async function enterAnyhow(...request: Parameters<typeof enter>): Promise<Entered> {
    const [{ log }, , logins] = request;
    try {
      return await enter(...request);
    } catch (error) {
      if (options.adminSecret === undefined || !(error instanceof RotationError)) throw error;
      const entered = await byItself(logins).catch(() => undefined);
      if (!entered) throw error;
      log.warn(
        `The administrator is of no use just now (${error.code}), so the role ${entered.role} changes its password ` +
          `itself. ${error.message}`,
      );
      return { ...entered, instead: error };
    }
  }

  async function byAdmin(login: LogInRequest, { user, password }: Admin): Promise<Entered> {
    if (user === login.user) throw adminIsTheRole(options);
    const session = await postgres.open({ ...login, user, password });
    if (session === 'rejected') throw adminRejected(options);
    const assertOneAccepted = async (logins: Logins) => {
      for (const each of logins) if ((await postgres.logIn(each)) === 'accepted') return;
      throw drifted(login);
    };
    return { session, role: login.user, admin: user, assertOneAccepted };
  }

  async function byItself(logins: Logins): Promise<Entered> {
    for (const login of logins) {
      const session = await postgres.open(login);
      if (session === 'rejected') continue;
      return { session, role: login.user, admin: undefined, assertOneAccepted: proven };
    }
    throw drifted(logins[0]);
  }

  return { enter, enterAnyhow };
}

/** That a session of the role's own was opened is the proof. */
const proven = async () => undefined;

/** Works in the session and closes it; what the server refuses is explained. */
export async function inside<R>(
  entered: Entered,
  work: (entered: Entered) => Promise<R>,
): Promise<R> {
  try {
    return await withSession(entered.session, () => work(entered));
  } catch (error) {
    const isForbidden = error instanceof StatementRefused && error.code === '42501';
    throw (isForbidden && entered.instead) || explained(error, entered);
  }
}

const adminIsTheRole = ({ adminSecret = '' }: AdminOptions) =>
  new RotationError(
    'ADMIN_SECRET_UNUSABLE',
    `The administrator in the secret ${shownSecret(adminSecret)} is the very role that is rotated. Remove adminSecret from ` +
      'rotation.config.ts: a role changes its own password.',
  );

const drifted = ({ user, host, port }: LogInRequest) =>
  new RotationError(
    'CURRENT_REJECTED',
    `The database at ${host}:${port} refuses the password of the role ${user} under AWSCURRENT: it was changed ` +
      'outside of Secrets Manager, or the role has expired or may not log in. Put the password that ' +
      'works into the secret, or reset it to the one there, then rotate again.',
  );
