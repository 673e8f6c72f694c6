import * as v from 'valibot';
import { SecretsManagerError, invalidParameter, invalidRequest } from '../errors.ts';
import type { SecretValue } from '../secret.ts';
import * as input from '../validation.ts';

/** The members that carry a value, in every request that may. */
export const valueMembers = {
  ClientRequestToken: v.optional(input.token),
  SecretString: v.optional(input.secretString),
  SecretBinary: v.optional(input.secretBinary),
};

interface ValueMembers {
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: string | undefined;
}

/** The value, or `undefined` where the request carries none. */
export function valueOf({ SecretString, SecretBinary }: ValueMembers): SecretValue | undefined {
  if (SecretString !== undefined && SecretBinary !== undefined) {
    throw invalidParameter("You can't specify both SecretString and SecretBinary.");
  }
  if (SecretString === undefined && SecretBinary === undefined) return undefined;
  return { string: SecretString, binary: SecretBinary };
}

export function requiredValueOf(members: ValueMembers): SecretValue {
  const value = valueOf(members);
  if (!value) throw invalidRequest('You must provide either SecretString or SecretBinary.');
  return value;
}

/** SDKs make a token themselves; whoever speaks HTTP must send one. */
export function requiredToken(token: string | undefined, type = 'InvalidRequestException'): string {
  if (token !== undefined) return token;
  throw new SecretsManagerError(
    type,
    'You must provide a ClientRequestToken value. We recommend a UUID-type value.',
  );
}
