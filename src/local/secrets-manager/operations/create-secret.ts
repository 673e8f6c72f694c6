import { randomInt } from 'node:crypto';
import * as v from 'valibot';
import { localAccount } from '../../aws-service.ts';
import type { Account } from '../account.ts';
import { invalidRequest, resourceExists } from '../errors.ts';
import { CURRENT } from '../labels.ts';
import { findByName } from '../lookup.ts';
import { operation } from '../operation.ts';
import type { Secret, SecretValue } from '../secret.ts';
import * as input from '../validation.ts';
import { writeVersion } from '../versions.ts';
import { requiredToken, valueMembers, valueOf } from './secret-value.ts';
import { addTags } from './tags.ts';

const request = v.object({
  ...valueMembers,
  Name: input.text(1, 512),
  Description: v.optional(input.text(0, 2048)),
  KmsKeyId: v.optional(input.text(0, 2048)),
  Tags: v.optional(v.array(input.tag)),
});

export const createSecret = operation(request, (account, members) => {
  const token = requiredToken(members.ClientRequestToken);
  const value = valueOf(members);
  const existing = findByName(account, members.Name);
  if (existing) return repeated(existing, { token, value });

  const secret = newSecret(account, { name: members.Name });
  secret.description = members.Description;
  secret.kmsKeyId = members.KmsKeyId;
  addTags(secret, members.Tags ?? []);
  account.secrets.set(secret.arn, secret);
  if (value) writeVersion(account, secret, { token, value, stages: [CURRENT] });

  return { ARN: secret.arn, Name: secret.name, VersionId: value && token };
});

/** An empty secret that is not in the account yet. The suffix is random, as AWS's, or given. */
export function newSecret(
  account: Account,
  { name, arnSuffix = randomSuffix() }: { name: string; arnSuffix?: string | undefined },
): Secret {
  const now = account.clock.now();
  return {
    arn: `arn:aws:secretsmanager:${account.region}:${localAccount}:secret:${name}-${arnSuffix}`,
    name,
    createdDate: now,
    lastChangedDate: now,
    tags: new Map(),
    versions: new Map(),
    labels: new Map(),
    rotation: {},
  };
}

/** The same request again succeeds; another one for the same name does not. */
function repeated(
  existing: Secret,
  { token, value }: { token: string; value: SecretValue | undefined },
) {
  if (existing.deletionDate) {
    throw invalidRequest(
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
  }

  const first = existing.versions.get(token)?.value;
  const same = value && first?.string === value.string && first?.binary === value.binary;
  if (same) return { ARN: existing.arn, Name: existing.name, VersionId: token };
  throw resourceExists(`The operation failed because the secret ${existing.name} already exists.`);
}

const suffixAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

const randomSuffix = () =>
  Array.from({ length: 6 }, () => suffixAlphabet.charAt(randomInt(suffixAlphabet.length))).join('');
