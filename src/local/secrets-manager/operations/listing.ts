import * as v from 'valibot';
import { PENDING, stagesOf } from '../labels.ts';
import { findSecret } from '../lookup.ts';
import { operation } from '../operation.ts';
import type { Secret, Version } from '../secret.ts';
import * as input from '../validation.ts';
import { labelledVersions, summaryOf } from './describe-secret.ts';
import { filterMember, matches, pageMembers } from './filters.ts';
import { pageOf } from './pages.ts';

const sortKeys = ['created-date', 'last-accessed-date', 'last-changed-date', 'name'] as const;

const secretsRequest = v.object({
  ...pageMembers(100),
  IncludePlannedDeletion: v.optional(v.boolean(), false),
  Filters: filterMember,
  SortBy: v.optional(input.oneOf(sortKeys), 'created-date'),
  SortOrder: v.optional(input.oneOf(['asc', 'desc']), 'asc'),
});

export const listSecrets = operation(secretsRequest, (account, members) => {
  const found = [...account.secrets.values()]
    .filter((secret) => members.IncludePlannedDeletion || !secret.deletionDate)
    .filter((secret) => matches(secret, members.Filters ?? []))
    .toSorted(compare[members.SortBy]);
  if (members.SortOrder === 'desc') found.reverse();

  const { items, NextToken } = pageOf(found, members);
  return { SecretList: items.map(entryOf), NextToken };
});

const versionsRequest = v.object({
  ...pageMembers(100),
  SecretId: input.secretId,
  IncludeDeprecated: v.optional(v.boolean(), false),
});

export const listSecretVersionIds = operation(versionsRequest, (account, members) => {
  const secret = findSecret(account, members.SecretId);
  const omitsPending = account.behaviour.listOmitsPending;
  const versions = [...secret.versions.values()]
    .map((version) => versionEntryOf(secret, version))
    .filter(({ VersionStages }) => members.IncludeDeprecated || VersionStages.length > 0)
    .filter(({ VersionStages }) => !omitsPending || String(VersionStages) !== PENDING)
    .map(({ VersionStages: all, ...entry }) => {
      const stages = omitsPending ? all.filter((label) => label !== PENDING) : all;
      return { ...entry, VersionStages: stages.length > 0 ? stages : undefined };
    });

  const { items, NextToken } = pageOf(versions, members);
  return { Versions: items, NextToken, ARN: secret.arn, Name: secret.name };
});

function entryOf(secret: Secret) {
  return { ...summaryOf(secret), SecretVersionsToStages: labelledVersions(secret) };
}

function versionEntryOf(secret: Secret, { id, createdDate, lastAccessedDate }: Version) {
  return {
    VersionId: id,
    VersionStages: stagesOf(secret, id),
    LastAccessedDate: lastAccessedDate,
    CreatedDate: createdDate,
    KmsKeyIds: [secret.kmsKeyId ?? 'DefaultEncryptionKey'],
  };
}

const compare: Record<(typeof sortKeys)[number], (a: Secret, b: Secret) => number> = {
  name: (a, b) => (a.name < b.name ? -1 : 1),
  'created-date': (a, b) => a.createdDate.getTime() - b.createdDate.getTime(),
  'last-changed-date': (a, b) => a.lastChangedDate.getTime() - b.lastChangedDate.getTime(),
  'last-accessed-date': (a, b) => accessTime(a) - accessTime(b),
};

const accessTime = ({ lastAccessedDate }: Secret) => lastAccessedDate?.getTime() ?? 0;
