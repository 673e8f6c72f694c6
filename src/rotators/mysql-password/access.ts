import { RotationError } from '../../rotation/errors.ts';
import type { Call, Credential } from '../../rotation/rotator.ts';
import { textOf } from '../credential-text.ts';
import { adminRejected, readAdmin } from '../database/admin.ts';
import { placeFinder, samePlace, type Place } from '../database/place.ts';
import type { Session } from '../database/server.ts';
import type { Systems } from '../kind.ts';
import { mysqlEngine } from '../mysql/engine.ts';
import type { Options } from './options.ts';

/** Whose password a credential is, and at which server. */
interface Identity {
  readonly user: string;
  readonly place: Place;
}

/** The ways of one rotator to its database. */
export interface Access {
  readonly userOf: (credential: Credential) => string;
  readonly identityOf: (call: Call, credential: Credential) => Promise<Identity>;
  readonly passwordOf: (credential: Credential) => string;
  readonly probe: (call: Call, credential: Credential) => Promise<'accepted' | 'rejected'>;
  /** A session of the user's own. */
  readonly open: (call: Call, credential: Credential) => Promise<Session | 'rejected'>;
  /** One of the administrator's, where there is one. Throws `ADMIN_REJECTED`. */
  readonly openAdmin: (call: Call, credential: Credential) => Promise<Session | undefined>;
  /** Whether two credentials are passwords of one and the same user at the same server. */
  readonly sameUser: (call: Call, one: Credential, other: Credential) => Promise<boolean>;
}

export function accessTo(key: string, options: Options, systems: Systems): Access {
  const placeOf = placeFinder(options, mysqlEngine, systems.openRds);
  const userOf = (credential: Credential) =>
    options.user ?? textOf(credential, options.userKey ?? '');
  const passwordOf = (credential: Credential) => textOf(credential, key);

  const identityOf = async (call: Call, credential: Credential) => ({
    user: userOf(credential),
    place: await placeOf(call, credential),
  });

  const requestOf = async (call: Call, credential: Credential) => ({
    ...(await placeOf(call, credential)),
    user: userOf(credential),
    password: passwordOf(credential),
    signal: call.signal,
  });

  return {
    userOf,
    identityOf,
    passwordOf,
    probe: async (call, credential) => systems.mysql.logIn(await requestOf(call, credential)),

    // Passwords are the server's, and of no database in it.
    open: async (call, credential) =>
      systems.mysql.open({ ...(await requestOf(call, credential)), database: '' }),

    async openAdmin(call, credential) {
      const admin = await readAdmin({ ...call, credential }, options, systems.readSecret);
      if (!admin) return undefined;
      const request = await requestOf(call, credential);
      if (admin.user === request.user) throw adminIsTheUser(request.user);
      const session = await systems.mysql.open({ ...request, ...admin, database: '' });
      if (session === 'rejected') throw adminRejected(options);
      return session;
    },

    async sameUser(call, one, other) {
      if (userOf(one) !== userOf(other)) return false;
      return sameIdentity(await identityOf(call, one), await identityOf(call, other));
    },
  };
}

/** Whether two passwords are of one and the same user at the same server. */
export const sameIdentity = (one: Identity, other: Identity): boolean =>
  one.user === other.user && samePlace(one.place, other.place);

const adminIsTheUser = (user: string) =>
  new RotationError(
    'SETUP_UNSUITABLE',
    `The administrator in adminSecret is the user ${user} himself, so a rotation would leave a password in that ` +
      'secret that no longer works. Name another administrator, or leave adminSecret out.',
  );

/** Throws where a password of one user would be given to another, or at another server. */
export async function assertSameUser(
  access: Access,
  call: Call,
  [one, other]: readonly [Credential, Credential],
): Promise<void> {
  if (await access.sameUser(call, one, other)) return;
  throw new RotationError(
    'SETUP_UNSUITABLE',
    'The two versions of the secret name different users or databases, and no password of the one is given ' +
      'to the other. Put the user and the place that are right into the secret, and rotate again.',
  );
}

export const currentRejected = () =>
  new RotationError(
    'CURRENT_REJECTED',
    'The database refuses the password under AWSCURRENT: it was changed outside of Secrets Manager, or the ' +
      'account demands TLS or a certificate (REQUIRE SSL, X509) that this login has not. Put the password ' +
      'that works into the secret, or set the one there in the database, then rotate again.',
  );
