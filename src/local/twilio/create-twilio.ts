import type { Clock } from '../../rotation/clock.ts';
import {
  type Account,
  type AccountStatus,
  newAuthToken,
  newSid,
  type TwilioMail,
  type TwilioMessage,
} from './account.ts';
import { type ApiKey, type NewApiKey, newApiKey } from './api-key.ts';
import { type TwilioBehaviour, usualBehaviour } from './behaviour.ts';
import { type CallListener, Journal, type TwilioCall } from './journal.ts';
import { twilioApp } from './twilio-app.ts';
import { sendWebhook, type WebhookAnswer } from './webhooks.ts';
import type { World } from './world.ts';

export interface TwilioOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly behaviour?: Partial<TwilioBehaviour>;
}

/** What a new account is; random and active where nothing is said. */
interface NewAccount {
  /** `AC` and 32 hexadecimal digits. */
  readonly sid?: string;
  /** 32 hexadecimal digits. */
  readonly authToken?: string;
  readonly status?: AccountStatus;
  readonly friendlyName?: string;
  /** The account this is a subaccount of. */
  readonly ownerSid?: string;
}

/** A Twilio of its own, in memory. Whatever takes a SID throws when there is no such account. */
export interface Twilio {
  /** Serves every host of Twilio's; clients replace the base URL and keep the path. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** May be changed at any time; the next call goes by it. */
  readonly behaviour: TwilioBehaviour;
  /** The latest calls, without values. */
  readonly calls: readonly TwilioCall[];
  /** Tells of each call once it is answered. Answers a function that ends it. */
  onCall(listener: CallListener): () => void;

  addAccount(account?: NewAccount): { readonly sid: string; readonly authToken: string };
  /** A key as the console makes it, which alone makes main keys. */
  addKey(accountSid: string, key: NewApiKey): { readonly sid: string; readonly secret: string };
  setStatus(accountSid: string, status: AccountStatus): void;

  primaryOf(accountSid: string): string;
  secondaryOf(accountSid: string): string | undefined;
  keysOf(accountSid: string): readonly Omit<ApiKey, 'secret'>[];
  messagesOf(accountSid: string): readonly TwilioMessage[];
  /** The mails to the account's owners about their tokens. */
  mailsOf(accountSid: string): readonly TwilioMail[];

  readonly webhooks: {
    /**
     * Posts `params` to `url` as a form, signed with the account's primary token. Rejects when the
     * receiver cannot be reached or takes longer than 15 seconds.
     */
    send(
      accountSid: string,
      url: string,
      params: Readonly<Record<string, string>>,
    ): Promise<WebhookAnswer>;
  };
}

/** Makes a Twilio without accounts. */
export function createTwilio({ clock, behaviour }: TwilioOptions): Twilio {
  const world: World = {
    clock,
    behaviour: { ...usualBehaviour, ...behaviour },
    accounts: new Map(),
  };
  const journal = new Journal();
  const app = twilioApp(world, journal);
  const account = (sid: string) => existing(world, sid);
  return {
    fetch: async (request) => app.fetch(request),
    behaviour: world.behaviour,
    calls: journal.calls,
    onCall: (listener) => journal.onCall(listener),
    addAccount: (options = {}) => addAccount(world, options),
    addKey: (sid, key) => addKey(world, account(sid), key),
    setStatus: (sid, status) => void (account(sid).status = status),
    primaryOf: (sid) => account(sid).primary.value,
    secondaryOf: (sid) => account(sid).secondary?.value,
    keysOf: (sid) => [...account(sid).keys.values()].map(withoutSecret),
    messagesOf: (sid) => account(sid).messages,
    mailsOf: (sid) => account(sid).mails,
    webhooks: { send: async (sid, url, params) => sendWebhook(account(sid), url, params) },
  };
}

function addAccount(world: World, options: NewAccount) {
  const { sid = newSid('AC'), authToken, status = 'active', friendlyName = 'Local' } = options;
  const { ownerSid = sid } = options;
  if (!/^AC[0-9a-f]{32}$/.test(sid)) throw new Error('An account SID is AC and 32 hex digits');
  if (world.accounts.has(sid)) throw new Error(`There is an account ${sid} already`);
  if (ownerSid !== sid) existing(world, ownerSid);
  if (authToken !== undefined && !/^[0-9a-f]{32}$/.test(authToken)) {
    throw new Error('An auth token is 32 hex digits');
  }
  const created = world.clock.now();
  const primary = newAuthToken(created, authToken);
  const nothing = { secondary: undefined, failures: [], messages: [], mails: [] };
  const keys = { keys: new Map(), endedKeys: new Map() };
  const own = { sid, ownerSid, friendlyName, created, status, primary };
  world.accounts.set(sid, { ...own, ...nothing, ...keys });
  return { sid, authToken: primary.value };
}

function addKey(world: World, account: Account, options: NewApiKey) {
  const key = newApiKey(world.clock.now(), options);
  account.keys.set(key.sid, key);
  return { sid: key.sid, secret: key.secret };
}

const withoutSecret = ({ sid, type, friendlyName, allow, created }: ApiKey) => ({
  sid,
  type,
  friendlyName,
  allow,
  created,
});

function existing({ accounts }: World, sid: string): Account {
  const account = accounts.get(sid);
  if (!account) throw new Error('There is no such Twilio account');
  return account;
}
