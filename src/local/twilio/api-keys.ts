import * as v from 'valibot';

import type { Account } from './account.ts';
import { type ApiKey, newApiKey } from './api-key.ts';
import { page2010, pageV1 } from './page.ts';
import { accountOf, type AdmittedCall, reaches, type Resource, rfc2822 } from './resource.ts';
import { invalid, notFound } from './twilio-error.ts';
import { findKey } from './world.ts';

/** API keys, by both of their APIs. The secret is in the answer to the creation and nowhere else. */
export const apiKeys: readonly Resource[] = [
  {
    path: '/2010-04-01/Accounts/:account/Keys.json',
    operations: {
      GET: { answer: (call) => page2010(call, 'keys', list(ownAccount(call))) },
      POST: { answer: make },
    },
  },
  {
    path: '/2010-04-01/Accounts/:account/Keys/:key.json',
    operations: {
      GET: { answer: (call) => Response.json(describe(find(call).key)) },
      DELETE: { answer: remove },
    },
  },
  {
    path: '/v1/Keys',
    operations: {
      GET: { answer: (call) => pageV1(call, 'keys', list(namedAccount(call))) },
      POST: { answer: makeV1 },
    },
  },
  {
    path: '/v1/Keys/:key',
    operations: {
      GET: { answer: (call) => Response.json(describeV1(find(call).key)) },
      DELETE: { answer: remove },
    },
  },
];

const ownAccount = (call: AdmittedCall) => accountOf(call, call.path['account']);

function namedAccount(call: AdmittedCall): Account {
  const sid = call.fields.get('AccountSid');
  if (!sid) throw invalid('AccountSid is required');
  return accountOf(call, sid);
}

const list = (account: Account) => [...account.keys.values()].map(describe).toReversed();

function make(call: AdmittedCall): Response {
  const key = create(call, ownAccount(call), 'standard');
  return Response.json({ ...describe(key), secret: key.secret }, { status: 201 });
}

function makeV1(call: AdmittedCall): Response {
  const key = create(call, namedAccount(call), parseType(call));
  return Response.json({ ...describeV1(key), secret: key.secret }, { status: 201 });
}

function create(call: AdmittedCall, account: Account, type: 'standard' | 'restricted'): ApiKey {
  const friendlyName = call.fields.get('FriendlyName') ?? undefined;
  if (friendlyName && friendlyName.length > 64) {
    throw invalid('FriendlyName is longer than 64 characters');
  }
  const allow = type === 'restricted' ? parsePolicy(call.fields.get('Policy')) : [];
  const key = newApiKey(call.world.clock.now(), { type, friendlyName, allow });
  account.keys.set(key.sid, key);
  return key;
}

function remove(call: AdmittedCall): Response {
  const { account, key } = find(call);
  account.keys.delete(key.sid);
  account.endedKeys.set(key.sid, { key, ended: call.world.clock.now() });
  return new Response(null, { status: 204 });
}

/** The key a path names. The path of 2010 names the account too, and only its keys are there. */
function find(call: AdmittedCall): { account: Account; key: ApiKey } {
  const { account: sid, key = '' } = call.path;
  const holder = sid === undefined ? undefined : accountOf(call, sid);
  const found = findKey(call.world, key);
  const isThere = holder ? found?.account === holder : reaches(call.caller, found?.account);
  if (!found || !isThere) throw notFound();
  return found;
}

function parseType({ fields }: AdmittedCall): 'standard' | 'restricted' {
  const type = fields.get('KeyType') ?? 'standard';
  if (type !== 'standard' && type !== 'restricted') {
    throw invalid('KeyType is neither standard nor restricted');
  }
  return type;
}

const Policy = v.pipe(v.string(), v.parseJson(), v.object({ allow: v.array(v.string()) }));

function parsePolicy(text: string | null): string[] {
  const policy = v.safeParse(Policy, text);
  if (!policy.success) throw invalid('Policy is not {"allow": [...]}');
  return policy.output.allow;
}

const describe = ({ sid, friendlyName, created }: ApiKey) => ({
  sid,
  friendly_name: friendlyName,
  date_created: rfc2822(created),
  date_updated: rfc2822(created),
});

const describeV1 = (key: ApiKey) => ({
  ...describe(key),
  policy: key.type === 'restricted' ? { allow: key.allow } : null,
});
