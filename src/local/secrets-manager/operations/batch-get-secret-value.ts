import * as v from 'valibot';
import type { Account } from '../account.ts';
import { SecretsManagerError, invalidParameter } from '../errors.ts';
import { findLiveSecret } from '../lookup.ts';
import { operation } from '../operation.ts';
import * as input from '../validation.ts';
import { filterMember, matches, pageMembers, type Filter } from './filters.ts';
import { readLabel } from './get-secret-value.ts';
import { pageOf } from './pages.ts';

const request = v.object({
  ...pageMembers(20),
  SecretIdList: v.optional(input.list(input.secretId, 1, 20)),
  Filters: filterMember,
});

/** Current values. A secret that cannot be read becomes an entry in `Errors`. */
export const batchGetSecretValue = operation(request, (account, members) => {
  const { SecretIdList, Filters, MaxResults = 20, NextToken: asked } = members;
  const ids = SecretIdList ?? idsMatching(account, Filters);
  if (SecretIdList && (Filters || members.MaxResults !== undefined)) throw notBoth();

  const { items, NextToken } = pageOf(ids, { MaxResults, NextToken: asked });
  const results = items.map((id) => readOne(account, id));
  return {
    SecretValues: results.flatMap((result) => result.value ?? []),
    Errors: results.flatMap((result) => result.error ?? []),
    NextToken,
  };
});

function idsMatching(account: Account, filters: readonly Filter[] | undefined): string[] {
  if (!filters) throw invalidParameter('You must specify either SecretIdList or Filters.');
  return [...account.secrets.values()]
    .filter((secret) => !secret.deletionDate && matches(secret, filters))
    .map((secret) => secret.arn);
}

function readOne(account: Account, SecretId: string): { value?: object; error?: object } {
  try {
    return { value: readLabel(account, findLiveSecret(account, SecretId)) };
  } catch (error) {
    if (!(error instanceof SecretsManagerError)) throw error;
    return { error: { SecretId, ErrorCode: error.type, Message: error.message } };
  }
}

const notBoth = () =>
  invalidParameter("You can't specify SecretIdList together with Filters or MaxResults.");
