import type { Call, Credential } from '../../rotation/rotator.ts';
import { textOf } from '../credential-text.ts';
import { placeFinder, samePlace } from '../database/place.ts';
import type { Session } from '../database/server.ts';
import { ifUsable } from '../if-usable.ts';
import type { Systems } from '../kind.ts';
import type { Verbs } from '../late-verbs.ts';
import { postgresEngine } from '../postgres/engine.ts';
import { inspectRole } from '../postgres/role-facts.ts';
import { scramVerifier } from '../postgres/scram-verifier.ts';
import { randomPassword } from '../random-password.ts';
import { administration } from './as-admin.ts';
import type { Options } from './options.ts';
import { drifted, inUse, keepRejected, notOurs, refused, stillAccepted } from './refusals.ts';
import { letIn, shutOut } from './set-up.ts';
import { assertAlike, neither, rehearse } from './suitability.ts';
import { isUser, otherOf } from './users.ts';

/** The verbs of `postgres-alternating` for one key. */
export function verbsOf(key: string, chosen: Options, systems: Systems): Verbs {
  const { users, userKey, iterations } = chosen;
  const placeOf = placeFinder(chosen, postgresEngine, systems.openRds);
  const { asAdmin, changing } = administration(chosen, systems, placeOf);
  const userOf = (credential: Credential) => textOf(credential, userKey);
  const passwordOf = (credential: Credential) => textOf(credential, key);

  async function accepts(call: Call, credential: Credential): Promise<boolean> {
    return (await probe({ ...call, credential })) === 'accepted';
  }

  async function probe({ credential, ...call }: Call & { credential: Credential }) {
    const [user, password] = [userOf(credential), passwordOf(credential)];
    const place = await placeOf(call, credential);
    return systems.postgres.logIn({ ...place, user, password, signal: call.signal });
  }

  return {
    probe,

    async check({ current, ...call }) {
      const user = userOf(current);
      if (!(await accepts(call, current))) throw drifted(user);
      await asAdmin({ ...call, credential: current }, async (session, admin) => {
        if (!isUser(users, user)) throw await neither(session, users, [user, admin]);
        await assertAlike(session, { users, current: user }, admin);
        for (const role of users) await inspectRole(session, role, call.log);
        await rehearse(session, { users, current: user }, { admin, iterations });
      });
    },

    async create({ current }) {
      return {
        [key]: randomPassword(chosen.length),
        [userKey]: otherOf(users, userOf(current)),
      };
    },

    async install({ next, current, stillPending, ...call }) {
      if (await accepts(call, next)) return;
      const role = userOf(next);
      // From a credential to itself: it is to be set again, where it is not accepted any more.
      const isReset = passwordOf(next) === passwordOf(current) && role === userOf(current);
      if (role === userOf(current) && !isReset) throw inUse(role);
      if (!isUser(users, role)) throw notOurs(role);

      const verifier = await scramVerifier(passwordOf(next), { iterations });
      await changing({ ...call, credential: next, role }, async (session) => {
        if (await accepts(call, next)) return;
        // The role may be in use by now: published by a rotation that overtook this one.
        await stillPending();
        // What rotations let in is shut out by the time of the next one.
        if (!isReset && (await canLogIn(session, role))) call.log.warn(inUseElsewhere(role));
        await session.query(letIn(role, verifier));
      });
      if (!(await accepts(call, next))) throw refused(role);
    },

    async revoke({ victim, keep, newer: _newer, ...call }) {
      if (![key, userKey, ...hostKeyOf(chosen)].every((name) => isText(victim[name]))) return;
      const role = userOf(victim);
      const isSameRole = role === userOf(keep);
      if (isSameRole && passwordOf(victim) === passwordOf(keep)) return;
      const place = await placeOf(call, keep);
      const former = await ifUsable(() => placeOf(call, victim));
      if (!former || !samePlace(former, place)) return call.log.warn(elsewhere);
      if (!isUser(users, role)) {
        return call.log.warn(`The superseded role ${role} is not one that Keyturn may change.`);
      }
      // Of what no login can be made of, there was none that could be ended.
      if (!(await ifUsable(() => accepts(call, victim)))) return;
      // A role has one password, and what keeps this one from logging in keeps the other one, too.
      if (isSameRole) throw keepRejected(role);

      await changing({ ...call, credential: keep, role }, async (session) => {
        // By now another rotation may have let the role in again, with a password that is not the victim's.
        if (!(await accepts(call, victim))) return;
        if (!(await accepts(call, keep))) throw keepRejected(userOf(keep));
        await session.query(shutOut(role));
      });
      if (await accepts(call, victim)) throw stillAccepted(role);
      if (!(await accepts(call, keep))) throw keepRejected(userOf(keep));
    },
  };
}

async function canLogIn(session: Session, role: string): Promise<boolean> {
  const text = 'SELECT rolcanlogin FROM pg_catalog.pg_roles WHERE rolname = $1';
  const [row] = await session.query(text, [role]);
  return row?.['rolcanlogin'] === true;
}

const inUseElsewhere = (role: string) =>
  `The role ${role} could log in although no rotation of this secret has left it so: somebody else may use it, ` +
  'another secret for instance. It gets a new password now, and whoever has the old one is refused.';

const elsewhere =
  'The superseded role is on another server, or on none that can be told, and is left alone.';

const isText = (value: unknown) => typeof value === 'string' && value !== '';

const hostKeyOf = ({ hostKey }: Options) => (hostKey === undefined ? [] : [hostKey]);
