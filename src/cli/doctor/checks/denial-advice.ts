import { secretArnIn } from '../aws-arn.ts';
import type { Identity } from './account.ts';
import type { Denial } from './denial.ts';
import type { SeenSecret } from './secret.ts';
import { smallestKeyStatement, smallestPolicy, smallestResourcePolicy } from './smallest-policy.ts';

/** What lets the caller read the secret's value. */
export function adviceOn(denial: Denial, seen: SeenSecret, identity: Identity): string {
  if (denial.advice !== undefined) return denial.advice;
  const kmsKeyId = seen.description?.KmsKeyId;
  const own = smallestPolicy({ arn: arnOf(seen, identity), kmsKeyId });
  const principal = principalOf(identity);
  if (denial.code === 'DENIED_BY_KMS') {
    return (
      `Let the caller decrypt with the key, by this policy of its own:\n${own}\nThat is not enough ` +
      "where the key's policy does not leave it to the account's (aws kms get-key-policy). Then the " +
      `key's policy needs this statement, too:\n${smallestKeyStatement(arnOf(seen, identity), principal)}`
    );
  }
  if (denial.code === 'DENIED_BY_RESOURCE_POLICY') {
    return `Let the secret's own policy name the caller:\n${smallestResourcePolicy(principal)}`;
  }
  return `Give the caller the stack's ApplicationPolicy, or this one, which is the smallest:\n${own}`;
}

/** A role by itself, and not the session of it that asks now. Its path, if it has one, is not known. */
function principalOf({ arn = 'arn:aws:iam::<account>:role/<role>' }: Identity): string {
  return arn.replace(/:sts:(.*):assumed-role\/(.+)\/[^/]+$/, ':iam:$1:role/$2');
}

/** Where only its name is known, AWS has six more characters. */
function arnOf({ secretId, caller, description }: SeenSecret, { account }: Identity): string {
  const known = description?.ARN ?? secretId;
  if (secretArnIn(known)) return known;
  return `arn:aws:secretsmanager:${caller.region}:${account ?? '<account>'}:secret:${secretId}-??????`;
}
