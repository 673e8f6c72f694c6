import * as v from 'valibot';
import { invalidParameter, limitExceeded } from '../errors.ts';
import { findLiveSecret } from '../lookup.ts';
import { operation } from '../operation.ts';
import type { Secret } from '../secret.ts';
import * as input from '../validation.ts';

const most = 50;

export const tagResource = operation(
  v.object({ SecretId: input.secretId, Tags: v.array(input.tag) }),
  (account, { SecretId, Tags }) => {
    const secret = findLiveSecret(account, SecretId);
    addTags(secret, Tags);
    secret.lastChangedDate = account.clock.now();
    return {};
  },
);

export const untagResource = operation(
  v.object({ SecretId: input.secretId, TagKeys: v.array(input.text(1, 128)) }),
  (account, { SecretId, TagKeys }) => {
    const secret = findLiveSecret(account, SecretId);
    for (const key of TagKeys) secret.tags.delete(key);
    secret.lastChangedDate = account.clock.now();
    return {};
  },
);

/** All or none. */
export function addTags(secret: Secret, tags: readonly v.InferOutput<typeof input.tag>[]): void {
  const keys = tags.map(({ Key }) => Key);
  if (keys.some((key) => key.toLowerCase().startsWith('aws:'))) {
    throw invalidParameter("Tag keys can't start with aws:.");
  }
  if (new Set([...secret.tags.keys(), ...keys]).size > most) {
    throw limitExceeded(`A secret can't have more than ${most} tags.`);
  }
  for (const { Key, Value } of tags) secret.tags.set(Key, Value);
}
