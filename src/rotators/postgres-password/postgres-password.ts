import * as v from 'valibot';
import { RotationError } from '../../rotation/errors.ts';
import type { Call, Credential, Rotator } from '../../rotation/rotator.ts';
import { textOf } from '../credential-text.ts';
import {
  adminEntries,
  connectionEntries,
  connectionGrants,
  onePlace,
  placeKeys,
} from '../database/connection-options.ts';
import { placeFinder } from '../database/place.ts';
import type { LogInRequest } from '../database/server.ts';
import { defineRotator, type Systems } from '../kind.ts';
import { postgresEngine } from '../postgres/engine.ts';
import { iterations } from '../postgres/iterations.ts';
import { scramSafe, scramVerifier } from '../postgres/scram-verifier.ts';
import { passwordLength, randomPassword } from '../random-password.ts';
import { changePassword, rehearseChange } from './change-password.ts';
import { entrance, inside, type Logins } from './entrance.ts';
import { inspectRole } from './role-facts.ts';

const name = v.optional(v.pipe(v.string(), v.nonEmpty()));

const options = v.pipe(
  v.strictObject({
    ...connectionEntries,
    ...adminEntries,
    /** The role's name. Either this or `userKey`. */
    user: name,
    /** The key of the secret that holds the role's name. */
    userKey: name,
    /** Rounds of SCRAM's hash in what the server stores. */
    iterations,
    /** Characters of a new password, almost six bits each. */
    length: v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(32), v.maxValue(128)),
      passwordLength,
    ),
  }),
  onePlace(),
  v.check(
    ({ user, userKey }) => (user === undefined) !== (userKey === undefined),
    'must name the role in one way: user or userKey',
  ),
);

type Options = v.InferOutput<typeof options>;

/** The longest that a switch and its proof may take, in ms. */
const switchBudgetMs = 15_000;

/**
 * The password of one PostgreSQL role, changed in place: by the role itself, or by an administrator.
 * A role holds one password, so it is switched at the commit; from the COMMIT of the change to the
 * label move the published password does not work.
 */
export const postgresPassword = defineRotator({
  name: 'postgres-password',
  options,
  grants: connectionGrants,
  system: ({ user, userKey, ...at }) => {
    const host = at.host ?? at.instance ?? at.cluster ?? `the host under ${at.hostKey}`;
    const place = at.port === undefined ? host : `${host}:${at.port}`;
    return `the password of the role ${user ?? `under ${userKey}`} at ${place}`;
  },
  bind: ({ key, options: chosen, systems }) => rotator(key, chosen, systems),
});

function rotator(key: string, chosen: Options, systems: Systems): Rotator {
  const { postgres, openRds } = systems;
  const { userKey } = chosen;
  const enter = entrance(chosen, systems);
  const placeOf = placeFinder(chosen, postgresEngine, openRds);
  const place = placeKeys(chosen);
  const reads = userKey === undefined ? place : [userKey, ...place];

  const isAccepted = async (login: LogInRequest) => (await postgres.logIn(login)) === 'accepted';

  const loginOf = async (call: Call, credential: Credential): Promise<LogInRequest> => ({
    ...(await placeOf(call, credential)),
    user: chosen.user ?? textOf(credential, userKey ?? ''),
    password: textOf(credential, key),
    signal: call.signal,
  });

  /** The login with the other credential's password, if that is one of the same role, and the login itself. */
  function alsoBy(other: Credential, login: LogInRequest): Logins {
    const password = other[key];
    const isSameRole = userKey === undefined || other[userKey] === login.user;
    if (!isSameRole || typeof password !== 'string' || password === '') return [login];
    return [{ ...login, password }, login];
  }

  async function verifierFor({ password }: LogInRequest): Promise<string> {
    if (scramSafe(password)) return scramVerifier(password, { iterations: chosen.iterations });
    throw new RotationError(
      'KEY_UNUSABLE',
      `The key ${key} has characters that clients of PostgreSQL hash in different ways, so this password could ` +
        'not be put back by an undo. Set one of plain letters and digits, put it into the secret, and ' +
        'rotate again.',
      { key },
    );
  }

  return {
    kind: 'postgres-password',
    key,
    changes: [key],
    reads,
    optional: place,
    shown: reads,
    graceMs: 0,
    madeByProvider: false,
    switchBudgetMs,

    async probe(call) {
      return postgres.logIn(await loginOf(call, call.credential));
    },

    async check(call) {
      const login = await loginOf(call, call.current);
      const verifier = await verifierFor(login);
      await inside(await enter(call, call.current, [login]), async (entered) => {
        await inspectRole(entered.session, login.user, call.log);
        await entered.assertOneAccepted([login]);
        await rehearseChange({ ...entered, verifier });
      });
    },

    create: async () => ({ [key]: randomPassword(chosen.length) }),

    async install(call) {
      const login = await loginOf(call, call.next);
      const verifier = await verifierFor(login);
      // After a crash in the switch gap it is the new password that logs in.
      const logins = alsoBy(call.current, login);
      await inside(await enter(call, call.next, logins), async (entered) => {
        await entered.assertOneAccepted(logins);
        await rehearseChange({ ...entered, verifier });
      });
    },

    async switch({ signal, ...call }) {
      const inTime = AbortSignal.any([signal, AbortSignal.timeout(switchBudgetMs)]);
      const bounded = { ...call, signal: inTime };
      const login = await loginOf(bounded, call.to);
      const verifier = await verifierFor(login);
      // Also where `to` is accepted: another run may have changed it, and not have committed yet.
      const logins = alsoBy(call.from, login);
      await inside(await enter(bounded, call.to, logins), (entered) =>
        changePassword({ ...entered, verifier }, () => isAccepted(login)),
      );
    },

    // The switch left one password in force; there is no other to revoke.
    revoke: async () => undefined,
  };
}
