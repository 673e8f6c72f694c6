import type { Account } from './account.ts';
import type { Permission } from './api-key.ts';
import type { Caller } from './authenticate.ts';
import { invalid, notFound, TwilioError, unauthenticated } from './twilio-error.ts';
import type { World } from './world.ts';

/** A call whose sender is known and may make it. */
export interface AdmittedCall {
  readonly world: World;
  readonly caller: Caller;
  readonly url: URL;
  /** The variable segments of the path, by name. */
  readonly path: Readonly<Record<string, string>>;
  /** The form of a POST, the query of any other call. */
  readonly fields: URLSearchParams;
}

export interface Operation {
  /** What a restricted key must be allowed. Without it only auth tokens and main keys pass. */
  readonly permission?: Permission;
  /** Whether only auth tokens pass, not even main keys. */
  readonly tokensOnly?: boolean;
  readonly answer: (call: AdmittedCall) => Response;
}

/** A path, its variable segments marked by a colon, and what can be done with it. */
export interface Resource {
  readonly path: string;
  readonly operations: Readonly<Partial<Record<'GET' | 'POST' | 'DELETE', Operation>>>;
}

/** Refuses a caller whose credential is not meant for the operation. */
export function admit(operation: Operation, caller: Caller): void {
  if (caller.credential !== 'key') return;
  const { permission, tokensOnly } = operation;
  const { type, allow } = caller.key;
  if (tokensOnly || (type !== 'main' && !permission)) throw unauthenticated();
  if (type === 'restricted' && permission && !allow.includes(permission)) {
    throw new TwilioError(401, 70051, 'Authorization failed');
  }
}

/** The account a path or parameter names: the caller's own or one of its subaccounts. */
export function accountOf(
  { world, caller }: AdmittedCall,
  sid: string | null | undefined,
): Account {
  const account = world.accounts.get(sid ?? '');
  if (!account) throw notFound();
  if (!reaches(caller, account)) throw unauthenticated();
  return account;
}

/** Whether an account is the caller's own or one of its subaccounts. */
export const reaches = ({ account: own }: Caller, account: Account | undefined) =>
  account !== undefined && (account === own || account.ownerSid === own.sid);

/** The form of a POST, the query of anything else. */
export function readFields({ method, url, headers }: Request, body: string): URLSearchParams {
  if (method !== 'POST') return new URL(url).searchParams;
  const type = headers.get('Content-Type')?.split(';')[0]?.trim().toLowerCase();
  if (body !== '' && type !== 'application/x-www-form-urlencoded') {
    throw invalid('The body is not a form');
  }
  return new URLSearchParams(body);
}

/** The operation of a method; a refusal where there is none. */
export function operationOf(operations: Resource['operations'], method: string): Operation {
  const operation = new Map<string, Operation>(Object.entries(operations)).get(method);
  if (!operation) throw new TwilioError(405, 20004, 'Method not allowed');
  return operation;
}

/** A date as the API of 2010 writes it. */
export const rfc2822 = (date: Date) => date.toUTCString().replace('GMT', '+0000');

/** A date as the newer APIs write it. */
export const iso8601 = (date: Date) => date.toISOString().replace(/\.\d+Z$/, 'Z');
