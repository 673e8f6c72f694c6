import * as v from 'valibot';
import { RotationError } from '../../rotation/errors.ts';
import type { Call, Credential, Rotator } from '../../rotation/rotator.ts';
import { textOf } from '../credential-text.ts';
import { duration } from '../duration.ts';
import { defineRotator, type Systems } from '../kind.ts';
import { accountSid } from '../twilio/account-sid.ts';
import type { Made, TwilioAccount } from './account.ts';
import { proveOrder, proveRole } from './proof.ts';

const options = v.strictObject({
  /** The key that names the account or subaccount the token belongs to. */
  accountSidKey: v.optional(v.pipe(v.string(), v.nonEmpty()), 'TWILIO_ACCOUNT_SID'),
  /** How long the superseded token lives on. Webhooks are signed with it until it ends. */
  grace: v.optional(duration, '1h'),
});

type Options = v.InferOutput<typeof options>;

/**
 * The auth token of a Twilio account or subaccount. The new token is made as the secondary, which
 * works at once beside the primary; ending the old one is Twilio's promotion. Source of the rules:
 * https://www.twilio.com/docs/iam/api/authtoken-promotion.
 */
export const twilioAuthToken = defineRotator({
  name: 'twilio-auth-token',
  options,
  grants: () => [],
  system: ({ accountSidKey }) => [`the auth token of the account under ${accountSidKey}`],
  bind: ({ key, options: chosen, systems }) => rotator(key, chosen, systems),
});

function rotator(key: string, { accountSidKey, grace }: Options, systems: Systems): Rotator {
  const tokenOf = (credential: Credential) => textOf(credential, key);
  const accountOf = ({ signal }: Call, credential: Credential) =>
    systems.openTwilioAccount({ accountSid: accountSid(credential, accountSidKey), signal });

  const sameAccount = (one: Credential, other: Credential) =>
    one[accountSidKey] === other[accountSidKey];

  async function probe(call: Call & { credential: Credential }) {
    const account = await accountOf(call, call.credential);
    return (await account.read(tokenOf(call.credential))).verdict;
  }

  return {
    kind: 'twilio-auth-token',
    key,
    changes: [key],
    reads: [accountSidKey],
    optional: [],
    graceMs: grace,
    madeByProvider: true,
    switchBudgetMs: 0,
    probe,

    async check(call) {
      if ((await probe({ ...call, credential: call.current })) === 'rejected') throw drifted();
    },

    async create(call) {
      const account = await accountOf(call, call.current);
      const current = tokenOf(call.current);
      const made = await account.createSecondary(current);
      if (made !== 'exists') return { [key]: madeToken(made) };

      const earlier = (await call.superseded()) ?? {};
      // Another account's token is refused here whatever the state of this one: it proves nothing.
      const superseded = sameAccount(earlier, call.current) ? asText(earlier[key]) : undefined;
      const role = await proveRole(account, { current, superseded, log: call.log });
      // An earlier run died before it stored its token, which nobody can read again; or the token
      // before this one was never ended, and the version that held it is forgotten.
      if (role === 'primary') await account.deleteSecondary(current);
      else await account.promote(current);
      return { [key]: madeToken(await account.createSecondary(current)) };
    },

    // Twilio accepts the secondary from the moment it is made; there is nothing to install.
    async install(call) {
      if ((await probe({ ...call, credential: call.next })) === 'rejected') throw refused();
    },

    async revoke(call) {
      const victim = asText(call.victim[key]);
      const keep = tokenOf(call.keep);
      if (!victim || victim === keep) return;
      if (!sameAccount(call.victim, call.keep)) {
        return call.log.warn('The superseded token belongs to another account, and is left alone.');
      }
      const account = await accountOf(call, call.keep);
      if ((await account.read(victim)).verdict === 'rejected') return;
      if ((await account.read(keep)).verdict === 'rejected') throw keepRejected();

      await end(account, { victim, keep, newer: call.newer });
      await assertEnded(account, { victim, keep });
    },
  };
}

/**
 * Authenticates with the token that must be the primary: were it dead, the call would be refused
 * and nothing would happen.
 */
async function end(
  account: TwilioAccount,
  { victim, keep, newer }: { victim: string; keep: string; newer: 'victim' | 'keep' },
): Promise<void> {
  if (newer === 'keep') {
    await proveOrder(account, { older: victim, newer: keep });
    const outcome = await account.promote(victim);
    const alive = outcome === 'rejected' && (await account.read(victim)).verdict === 'accepted';
    // Then only the secondary may promote itself, which the order proves the other one to be.
    if (alive) await account.promote(keep);
    return;
  }
  await proveOrder(account, { older: keep, newer: victim });
  await account.deleteSecondary(keep);
}

/** Another run may have been faster, so the tokens and not the answers tell. */
async function assertEnded(
  account: TwilioAccount,
  { victim, keep }: { victim: string; keep: string },
) {
  if ((await account.read(keep)).verdict === 'rejected') throw keepRejected();
  if ((await account.read(victim)).verdict === 'rejected') return;
  throw new RotationError(
    'CANNOT_TELL',
    'Twilio still accepts the superseded auth token after ending it. It is tried again by itself; if ' +
      'it stays so, look at "Auth Tokens" in the console of Twilio.',
  );
}

function madeToken(made: Made): string {
  if (made === 'rejected') throw drifted();
  if (made === 'exists') {
    throw new RotationError(
      'CANNOT_TELL',
      'A secondary auth token appeared while this rotation made its own: another rotation uses the ' +
        'same Twilio account. Leave the account to one secret. It is tried again by itself.',
    );
  }
  return made.token;
}

const asText = (value: unknown) => (typeof value === 'string' ? value : undefined);

const drifted = () =>
  new RotationError(
    'CURRENT_REJECTED',
    'Twilio refuses the auth token under AWSCURRENT: it was changed outside of Secrets Manager, or the ' +
      'account is closed. Put the token that works into the secret, then rotate again.',
  );

const refused = () =>
  new RotationError(
    'PENDING_REJECTED',
    'Twilio refuses the new auth token, so it is not published: somebody deleted it. The rotation is ' +
      'taken back; rotate again.',
  );

const keepRejected = () =>
  new RotationError(
    'KEEP_REJECTED',
    'Twilio refuses the auth token that is to stay, so the other one is left alone: it may be the last ' +
      'that works. Put the token that works into the secret, then rotate again.',
  );
