import { type Account, sameSecret } from './account.ts';
import type { ApiKey } from './api-key.ts';
import { TwilioError, unauthenticated } from './twilio-error.ts';
import { keyInForce, type World } from './world.ts';

/** Who calls, and by what. */
export type Caller =
  | { readonly credential: 'primary' | 'secondary'; readonly account: Account }
  | { readonly credential: 'key'; readonly account: Account; readonly key: ApiKey };

/** Knows the caller by HTTP Basic: an account SID and a token, or a key SID and its secret. */
export function authenticate(world: World, authorization: string | undefined): Caller {
  const claim = parseBasic(authorization);
  const held = claim && keyInForce(world, claim.user);
  const account = claim && (world.accounts.get(claim.user) ?? held?.account);
  if (!account) throw unauthenticated();
  refuseAfterFailures(world, account);
  const caller = matching(account, claim, held?.key);
  if (!caller) account.failures = [...account.failures, world.clock.now()];
  if (!caller || account.status === 'closed') throw unauthenticated();
  if (account.status === 'suspended') throw suspended(world);
  return caller;
}

interface Claim {
  readonly user: string;
  readonly password: string;
}

function parseBasic(authorization = ''): Claim | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/]+=*)$/i.exec(authorization)?.[1];
  const [, user, password] =
    /^([^:]*):(.*)$/s.exec(Buffer.from(encoded ?? '', 'base64').toString()) ?? [];
  return user === undefined || password === undefined ? undefined : { user, password };
}

function matching(account: Account, { password }: Claim, key?: ApiKey): Caller | undefined {
  const { primary, secondary } = account;
  if (key)
    return sameSecret(key.secret, password) ? { credential: 'key', account, key } : undefined;
  // Both are always compared, so that the time taken does not tell which of them it was.
  const isPrimary = sameSecret(primary.value, password);
  const isSecondary = sameSecret(secondary?.value ?? '', password) && secondary !== undefined;
  if (isPrimary) return { credential: 'primary', account };
  return isSecondary ? { credential: 'secondary', account } : undefined;
}

function refuseAfterFailures({ behaviour, clock }: World, account: Account) {
  const since = clock.now().getTime() - 60_000;
  account.failures = account.failures.filter((at) => at.getTime() > since);
  if (account.failures.length < behaviour.failuresTolerated) return;
  const { status, code } = behaviour.tooManyFailures;
  throw new TwilioError(status, code, 'Failure threshold exceeded');
}

function suspended({ behaviour: { suspended: refusal } }: World) {
  return new TwilioError(refusal.status, refusal.code, 'Account is suspended');
}
