import * as v from 'valibot';
import { isWellFormed } from '../../iam/simulate.ts';
import { SecretsManagerError } from '../errors.ts';
import { findLiveSecret } from '../lookup.ts';
import { operation } from '../operation.ts';
import * as input from '../validation.ts';

const named = v.object({ SecretId: input.secretId });
const policy = input.text(1, 20_480);

const putRequest = v.object({
  SecretId: input.secretId,
  ResourcePolicy: policy,
  BlockPublicPolicy: v.optional(v.boolean(), false),
});

/** Who may do what with this secret, beside what their own policies say. */
export const putResourcePolicy = operation(putRequest, async (account, members) => {
  const secret = findLiveSecret(account, members.SecretId);
  const document = documentIn(members.ResourcePolicy);
  if (!(await isWellFormed(document, secret.arn))) throw malformed();
  if (members.BlockPublicPolicy && isPublic(document)) throw broad();
  secret.resourcePolicy = members.ResourcePolicy;
  secret.lastChangedDate = account.clock.now();
  return { ARN: secret.arn, Name: secret.name };
});

export const getResourcePolicy = operation(named, (account, { SecretId }) => {
  const secret = findLiveSecret(account, SecretId);
  return { ARN: secret.arn, Name: secret.name, ResourcePolicy: secret.resourcePolicy };
});

export const deleteResourcePolicy = operation(named, (account, { SecretId }) => {
  const secret = findLiveSecret(account, SecretId);
  secret.resourcePolicy = undefined;
  secret.lastChangedDate = account.clock.now();
  return { ARN: secret.arn, Name: secret.name };
});

const validateRequest = v.object({
  SecretId: v.optional(input.secretId),
  ResourcePolicy: policy,
});

export const validateResourcePolicy = operation(validateRequest, async (_account, members) => {
  const found = await problemsIn(members.ResourcePolicy);
  return { PolicyValidationPassed: found.length === 0, ValidationErrors: found };
});

async function problemsIn(text: string) {
  try {
    const document = documentIn(text);
    if (!(await isWellFormed(document, '*'))) throw malformed();
    return isPublic(document) ? [{ CheckName: 'NO_PUBLIC_ACCESS', ErrorMessage: tooBroad }] : [];
  } catch (error) {
    if (!(error instanceof SecretsManagerError)) throw error;
    return [{ CheckName: 'SYNTAX', ErrorMessage: error.message }];
  }
}

function documentIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed();
  }
}

const everybody = v.object({
  Effect: v.literal('Allow'),
  Principal: v.union([v.literal('*'), v.object({ AWS: v.literal('*') })]),
  Condition: v.optional(v.never()),
});

/** Whether a statement allows anybody something, without a condition. */
const isPublic = (document: unknown): boolean =>
  [Object(document).Statement].flat().some((statement) => v.is(everybody, statement));

const malformed = () =>
  new SecretsManagerError(
    'MalformedPolicyDocumentException',
    'This resource policy contains a syntax error.',
  );

const tooBroad = 'This resource policy grants broad access to a secret.';
const broad = () => new SecretsManagerError('PublicPolicyException', tooBroad);
