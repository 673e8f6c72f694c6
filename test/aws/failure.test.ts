import { expect, test } from 'vitest';
import { failure } from '../../src/aws/failure.ts';

const { signal } = new AbortController();

function refused(message: string) {
  const error = Object.assign(new Error(message), { name: 'AccessDeniedException' });
  return failure(error, { doing: 'Reading the secret', signal });
}

const allows = (policy: string) =>
  `User: held-back is not authorized to perform: secretsmanager:GetSecretValue because no ${policy} allows it`;
const denies = (policy: string) => `User: held-back, with an explicit deny in a ${policy}`;

test.each([
  [
    'Access to KMS is not allowed',
    "kms:Decrypt must be allowed to the function's role in the KMS key's policy",
  ],
  [allows('identity-based policy'), "Grant the function's role that action"],
  [allows('resource-based policy'), "to the function's role in the resource's own policy"],
  [allows('permissions boundary'), 'in its permissions boundary'],
  [allows('service control policy'), 'in an organization policy (SCP, RCP)'],
  [allows('VPC endpoint policy'), "in the VPC endpoint's policy"],
  [allows('session policy'), "Grant the function's role"],
  [denies('resource-based policy'), "A statement in the resource's own policy forbids it"],
  [denies('identity-based policy'), "A statement in a policy of the function's role forbids it"],
  ['No.', "Grant the function's role that action"],
])('what refused is told, and none of the words it came in: %s', (message, advice) => {
  const { code, message: told } = refused(message);

  expect({ code, told }).toEqual({ code: 'ACCESS_DENIED', told: expect.stringContaining(advice) });
  expect(told).not.toContain('held-back');
});
