import { RotationError } from '../../rotation/errors.ts';
import type { Call, Credential } from '../../rotation/rotator.ts';
import { textOf } from '../credential-text.ts';
import { placeFinder } from '../database/place.ts';
import type { LogInRequest } from '../database/server.ts';
import type { Systems } from '../kind.ts';
import type { Verbs } from '../late-verbs.ts';
import { postgresEngine } from '../postgres/engine.ts';
import { inspectRole } from '../postgres/role-facts.ts';
import { scramSafe, scramVerifier } from '../postgres/scram-verifier.ts';
import { randomPassword } from '../random-password.ts';
import { changePassword, rehearseChange } from './change-password.ts';
import { entrance, inside, type Logins } from './entrance.ts';
import { switchBudgetMs, type Options } from './options.ts';

/** The verbs of `postgres-password` for one key. */
export function verbsOf(key: string, chosen: Options, systems: Systems): Verbs {
  const { postgres, openRds } = systems;
  const { userKey } = chosen;
  const { enter, enterAnyhow } = entrance(chosen, systems);
  const placeOf = placeFinder(chosen, postgresEngine, openRds);

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
      await inside(await enterAnyhow(bounded, call.to, logins), (entered) =>
        changePassword({ ...entered, verifier, changing: call.changing }, () => isAccepted(login)),
      );
    },

    // The switch left one password in force; there is no other to revoke.
    revoke: async () => undefined,
  };
}
