import { type AuthToken, newAuthToken, type TwilioMail } from './account.ts';
import type { Refusal } from './behaviour.ts';
import { type AdmittedCall, iso8601, type Resource } from './resource.ts';
import { invalid, TwilioError, unauthenticated } from './twilio-error.ts';

/**
 * The primary and secondary auth tokens of the calling account, on accounts.twilio.com. A token is
 * shown once, by the call that makes or promotes it; there is nothing to read it again with.
 */
export const authTokens: readonly Resource[] = [
  {
    path: '/v1/AuthTokens/Secondary',
    operations: {
      POST: { tokensOnly: true, answer: createSecondary },
      DELETE: { tokensOnly: true, answer: deleteSecondary },
    },
  },
  {
    path: '/v1/AuthTokens/Promote',
    operations: { POST: { tokensOnly: true, answer: promote } },
  },
];

function createSecondary(call: AdmittedCall): Response {
  const { world, caller } = call;
  const suppressed = isSuppressed(call);
  const { account } = caller;
  if (account.secondary) {
    throw refused(world.behaviour.secondaryExists, 'A secondary auth token exists already');
  }
  account.secondary = newAuthToken(world.clock.now());
  mail(call, 'secondary created', suppressed);
  return Response.json(shown(call, 'secondary_auth_token', account.secondary), { status: 201 });
}

function deleteSecondary(call: AdmittedCall): Response {
  const { world, caller } = call;
  const suppressed = isSuppressed(call);
  requireCredential(call, world.behaviour.whoMayDeleteSecondary);
  const { account } = caller;
  if (!account.secondary) {
    throw refused(world.behaviour.nothingToDelete, 'There is no secondary auth token');
  }
  account.secondary = undefined;
  mail(call, 'secondary deleted', suppressed);
  return new Response(null, { status: 204 });
}

function promote(call: AdmittedCall): Response {
  const { world, caller } = call;
  const suppressed = isSuppressed(call);
  requireCredential(call, world.behaviour.whoMayPromote);
  const { account } = caller;
  if (!account.secondary) {
    throw refused(world.behaviour.nothingToPromote, 'There is no secondary auth token');
  }
  account.primary = { ...account.secondary, updated: world.clock.now() };
  account.secondary = undefined;
  mail(call, 'secondary promoted', suppressed);
  return Response.json(shown(call, 'auth_token', account.primary));
}

const refused = ({ status, code }: Refusal, message: string) =>
  new TwilioError(status, code, message);

function requireCredential({ caller }: AdmittedCall, who: 'both' | 'primary' | 'secondary') {
  if (who !== 'both' && caller.credential !== who) throw unauthenticated();
}

function isSuppressed({ fields }: AdmittedCall): boolean {
  const value = fields.get('SuppressEmailNotification')?.toLowerCase() ?? 'false';
  if (value !== 'true' && value !== 'false') {
    throw invalid('SuppressEmailNotification is neither true nor false');
  }
  return value === 'true';
}

function mail({ world, caller }: AdmittedCall, about: TwilioMail['about'], suppressed: boolean) {
  if (!suppressed) caller.account.mails.push({ at: world.clock.now(), about });
}

const shown = (
  { caller, url }: AdmittedCall,
  field: 'auth_token' | 'secondary_auth_token',
  token: AuthToken,
) => ({
  account_sid: caller.account.sid,
  date_created: iso8601(token.created),
  date_updated: iso8601(token.updated),
  [field]: token.value,
  url: url.origin + url.pathname,
});
