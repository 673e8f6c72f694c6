import type { Call, Credential } from '../../rotation/rotator.ts';
import { textOf } from '../credential-text.ts';
import type { Systems } from '../kind.ts';
import type { Verbs } from '../late-verbs.ts';
import { accountSid } from '../twilio/account-sid.ts';
import { apiKeyIn, apiKeyPerhapsIn, sameSid } from './credential.ts';
import type { ApiKey, TwilioKeys } from './keys.ts';
import type { Options } from './options.ts';
import { deleteOrphans, nameOf } from './orphans.ts';
import * as rejections from './rejections.ts';
import { eventualVerdictOn, verdictOn, type Verdict } from './verdict.ts';

/** The verbs of `twilio-api-key` for one key. */
export function verbsOf(key: string, chosen: Options, { clock, openTwilioKeys }: Systems): Verbs {
  const { sidKey, accountSidKey, authTokenKey, probeUrl, policy } = chosen;
  const names = { secret: key, sid: sidKey };

  /** The account of a credential, with the auth token that stands beside the key in that version. */
  async function openFor({ signal }: Call, credential: Credential): Promise<Account> {
    const token = textOf(credential, authTokenKey);
    const account = accountSid(credential, accountSidKey);
    const keys = await openTwilioKeys({ accountSid: account, signal });
    const asked = { keys, token, tokenKey: authTokenKey, probeUrl, clock };
    return { keys, token, about: (apiKey) => ({ ...asked, key: apiKey }) };
  }

  return {
    async probe(call) {
      const apiKey = apiKeyIn(call.credential, names);
      const { about } = await openFor(call, call.credential);
      const verdict = decided(await verdictOn(about(apiKey)));
      if (verdict === 'not-permitted') throw rejections.notPermitted();
      return verdict;
    },

    async check(call) {
      const apiKey = apiKeyIn(call.current, names);
      const { keys, token, about } = await openFor(call, call.current);
      // What its policy lacks, the next key may have.
      const verdict = decided(await verdictOn(about(apiKey)));
      if (verdict === 'rejected') throw rejections.currentRejected();
      const shown = await keys.read(token, apiKey.sid);
      if (shown === 'rejected') throw rejections.tokenRejected(authTokenKey);
      if (shown === 'missing') throw rejections.foreignKey(sidKey, authTokenKey);
      if (shown.restricted && !policy) throw rejections.restrictedKey(sidKey);
      if (!shown.restricted && (await keys.readsAccount(apiKey))) throw rejections.mainKey(sidKey);
    },

    async create(call) {
      const { keys, token } = await openFor(call, call.current);
      const place = { version: call.version, names, clock, current: call.current, log: call.log };
      await deleteOrphans(keys, token, place);
      const made = await keys.create(token, { name: nameOf(call.version, key), policy });
      if (made === 'rejected') throw rejections.tokenRejected(authTokenKey);
      return { [key]: made.secret, [sidKey]: made.sid };
    },

    // The key works from the moment it is made, or as soon as all of Twilio has heard of it.
    async install(call) {
      const { about } = await openFor(call, call.next);
      const wait = {
        final: ['accepted', 'not-permitted', 'rejected'],
        signal: call.signal,
      } as const;
      const verdict = await eventualVerdictOn(about(apiKeyIn(call.next, names)), wait);
      if (decided(verdict) === 'not-permitted') throw rejections.notPermitted();
      if (verdict === 'rejected') throw rejections.pendingRejected();
    },

    async revoke(call) {
      const victim = apiKeyPerhapsIn(call.victim, names);
      const keep = apiKeyIn(call.keep, names);
      // One SID with two secrets is one key, and whichever secret is wrong has nothing to end.
      if (!victim || sameSid(victim.sid, keep.sid)) return;
      if (call.victim[accountSidKey] !== call.keep[accountSidKey]) {
        return call.log.warn(
          'The superseded API key belongs to another account, and is left alone.',
        );
      }
      const account = await openFor(call, call.keep);
      // Twilio takes the secret with the SID: the key is the one that the secret held, whoever made it.
      if (decided(await verdictOn(account.about(victim))) === 'rejected') return;
      if (decided(await verdictOn(account.about(keep))) === 'rejected') {
        throw rejections.keepRejected();
      }
      await end(call, account, victim);
    },
  };

  async function end({ signal }: Call, { keys, token, about }: Account, victim: ApiKey) {
    const outcome = await keys.delete(token, victim.sid);
    if (outcome === 'rejected') throw rejections.tokenRejected(authTokenKey);
    const verdict = await eventualVerdictOn(about(victim), { final: ['rejected'], signal });
    if (verdict !== 'rejected') throw rejections.stillAccepted();
  }
}

interface Account {
  readonly keys: TwilioKeys;
  readonly token: string;
  readonly about: (apiKey: ApiKey) => Parameters<typeof verdictOn>[0];
}

/** Throws `CANNOT_TELL` where Twilio's refusal proves nothing yet. */
function decided(verdict: Verdict): Exclude<Verdict, 'unsettled'> {
  if (verdict === 'unsettled') throw rejections.unsettled();
  return verdict;
}
