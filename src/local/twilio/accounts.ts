import type { Account } from './account.ts';
import { accountOf, type AdmittedCall, type Resource, rfc2822 } from './resource.ts';

/** An account by its SID. The answer contains its auth token. */
export const accounts: readonly Resource[] = [
  {
    path: '/2010-04-01/Accounts/:account.json',
    operations: { GET: { answer: readAccount } },
  },
];

function readAccount(call: AdmittedCall): Response {
  const account = accountOf(call, call.path['account']);
  const uri = `/2010-04-01/Accounts/${account.sid}`;
  return Response.json({
    auth_token: shownToken(call, account),
    date_created: rfc2822(account.created),
    date_updated: rfc2822(account.primary.updated),
    friendly_name: account.friendlyName,
    owner_account_sid: account.ownerSid,
    sid: account.sid,
    status: account.status,
    subresource_uris: { keys: `${uri}/Keys.json`, messages: `${uri}/Messages.json` },
    type: 'Full',
    uri: `${uri}.json`,
  });
}

function shownToken({ world, caller }: AdmittedCall, account: Account): string | null {
  if (caller.credential === 'key') return null;
  if (caller.credential === 'primary' || caller.account !== account) return account.primary.value;
  const shown = {
    primary: account.primary.value,
    own: account.secondary?.value ?? null,
    none: null,
  };
  return shown[world.behaviour.accountTokenShownToSecondary];
}
