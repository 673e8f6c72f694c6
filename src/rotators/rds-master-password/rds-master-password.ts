import * as v from 'valibot';
import { RotationError } from '../../rotation/errors.ts';
import type { Call, Credential, Rotator, Verdict } from '../../rotation/rotator.ts';
import { textOf } from '../credential-text.ts';
import { duration } from '../duration.ts';
import { defineRotator, type Systems } from '../kind.ts';
import { randomPassword } from '../random-password.ts';
import { untilAccepted, untilAcceptedAfterReset, untilQuiet, untilReset } from './await-reset.ts';
import { blocksUsers, loginTo } from './logins.ts';
import { passwordLength } from './password-policy.ts';
import type { RdsDatabase, RdsState, RdsTarget } from './rds.ts';
import { assertSuitable } from './suitability.ts';

const identifier = v.optional(v.pipe(v.string(), v.nonEmpty()));

const options = v.pipe(
  v.strictObject({
    /** The DB instance's identifier. Either this or `cluster`. */
    instance: identifier,
    /** The identifier of an Aurora or Multi-AZ cluster. */
    cluster: identifier,
    /** The database to log in to for a probe. Absent: PostgreSQL's own; none on MySQL and MariaDB. */
    database: v.optional(v.pipe(v.string(), v.nonEmpty())),
    /** The key that holds the user's name. A version that has it must name the master user. */
    usernameKey: v.optional(v.pipe(v.string(), v.nonEmpty())),
    /** `off` sends passwords in plain text: only for a database on this machine. */
    tls: v.optional(v.picklist(['verify', 'off']), 'verify'),
    /** `describe` where the network does not reach the database, or for engines without a login. */
    verify: v.optional(v.picklist(['login', 'describe']), 'login'),
    /** The longest that RDS may take to put a password in force. */
    switchTimeout: v.optional(
      v.pipe(
        duration,
        v.minValue(1_000, 'must be 1s at least'),
        v.maxValue(400_000, 'must be 400s at most'),
      ),
      '90s',
    ),
  }),
  v.check(
    ({ instance, cluster }) => (instance === undefined) !== (cluster === undefined),
    'must name either an instance or a cluster',
  ),
);

type Options = v.InferOutput<typeof options>;

/**
 * The master user's password of an RDS instance or cluster. It holds one credential, so it is
 * switched at the commit; between the moment RDS puts it in force and the label move the published
 * password does not work.
 */
export const rdsMasterPassword = defineRotator({
  name: 'rds-master-password',
  options,
  grants: (chosen) => {
    const { kind, identifier: name } = targetOf(chosen);
    return [`rds:${kind}/${name}`];
  },
  system: (chosen) => {
    const { kind, identifier: name } = targetOf(chosen);
    // RDS takes identifiers in any case.
    return [`the master password of the ${kind} ${name.toLowerCase()}`];
  },
  bind: ({ key, options: chosen, systems }) => rotator(key, chosen, systems),
});

function rotator(key: string, chosen: Options, systems: Systems): Rotator {
  const target = targetOf(chosen);
  const database = openOnce(target, systems);
  const reads = chosen.usernameKey ? [chosen.usernameKey] : [];

  async function probe({
    signal,
    credential,
  }: Call & { credential: Credential }): Promise<Verdict> {
    await assertMaster(signal, credential);
    if (chosen.verify === 'describe') return 'unknown';
    const { endpoint, masterUsername, engine } = await database.known(signal);
    if (!endpoint) throw noEndpoint(target);
    const login = loginTo(engine, systems);
    return login.server.logIn({
      host: endpoint.address,
      port: endpoint.port,
      user: masterUsername,
      password: textOf(credential, key),
      database: chosen.database ?? login.database,
      tls: chosen.tls,
      signal,
    });
  }

  /** A version that names another user says nothing of the master's password. */
  async function assertMaster(signal: AbortSignal, credential: Credential): Promise<void> {
    if (!chosen.usernameKey || credential[chosen.usernameKey] === undefined) return;
    assertNames(chosen.usernameKey, await database.known(signal), credential);
  }

  async function rehearse({ signal }: Call, credential: Credential): Promise<void> {
    assertSuitable(target, await database.fresh(signal), chosen.verify);
    await assertMaster(signal, credential);
  }

  return {
    kind: 'rds-master-password',
    key,
    changes: [key],
    reads,
    optional: reads,
    shown: reads,
    graceMs: 0,
    madeByProvider: false,
    switchBudgetMs: chosen.switchTimeout,
    administered: true,
    probe,

    async check(call) {
      await rehearse(call, call.current);
      if ((await probe({ ...call, credential: call.current })) === 'rejected')
        throw drifted(target);
    },

    async create({ signal }) {
      const { engine } = await database.known(signal);
      return { [key]: randomPassword(passwordLength(target, engine)) };
    },

    async install(call) {
      await rehearse(call, call.next);
      // After a crash in the switch gap it is the new password that logs in.
      const verdicts = [
        await probe({ ...call, credential: call.current }),
        await probe({ ...call, credential: call.next }),
      ];
      if (verdicts.every((verdict) => verdict === 'rejected')) throw drifted(target);
    },

    async switch({ signal, ...call }) {
      const until = systems.clock.now().getTime() + chosen.switchTimeout;
      const wait = { clock: systems.clock, until, signal };
      const accepted = () => probe({ ...call, signal, credential: call.to });
      // A reset that an earlier call began may end `to`, though it is still accepted, or be the
      // very one we want: only when it is over does a login tell.
      await untilQuiet(() => database.fresh(signal), wait);
      await assertMaster(signal, call.from);
      if ((await accepted()) === 'accepted') return;

      const state = await database.known(signal);
      assertSuitable(target, state, chosen.verify);
      const opened = await database.open();
      call.changing?.();
      await opened.setMasterPassword(textOf(call.to, key), signal);
      if (chosen.verify === 'describe') return untilReset(opened, wait);
      if (blocksUsers(state.engine)) return untilAcceptedAfterReset(opened, accepted, wait);
      await untilAccepted(accepted, wait);
    },

    // The switch left one password in force; there is no other to revoke.
    revoke: async () => undefined,
  };
}

/** The database, opened and described once per invocation, and described afresh where it matters. */
function openOnce(target: RdsTarget, { openRds }: Systems) {
  let opened: Promise<RdsDatabase> | undefined;
  let state: RdsState | undefined;
  const open = () => (opened ??= openRds(target));
  const fresh = async (signal: AbortSignal) => (state = await (await open()).describe(signal));
  return { open, fresh, known: async (signal: AbortSignal) => state ?? fresh(signal) };
}

function targetOf({ instance, cluster }: Options): RdsTarget {
  return cluster === undefined
    ? { kind: 'instance', identifier: instance ?? '' }
    : { kind: 'cluster', identifier: cluster };
}

function assertNames(usernameKey: string, { masterUsername }: RdsState, credential: Credential) {
  if (credential[usernameKey] === masterUsername) return;
  throw new RotationError(
    'INSTANCE_UNSUITABLE',
    `The user under ${usernameKey} is not the master user "${masterUsername}", and RDS changes no other ` +
      "user's password. Rotate this key with a rotator for its own database instead.",
    { key: usernameKey },
  );
}

const noEndpoint = ({ kind, identifier: name }: RdsTarget) =>
  new RotationError(
    'INSTANCE_BUSY',
    `The ${kind} ${name} has no endpoint to log in to yet. It is tried again by itself.`,
  );

const drifted = ({ kind, identifier: name }: RdsTarget) =>
  new RotationError(
    'CURRENT_REJECTED',
    `The ${kind} ${name} refuses the password under AWSCURRENT: it was changed outside of Secrets ` +
      'Manager. Put the password that works into the secret, or reset it to the one there, then ' +
      'rotate again.',
  );
