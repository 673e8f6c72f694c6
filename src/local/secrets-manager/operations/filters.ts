import * as v from 'valibot';
import type { Secret } from '../secret.ts';
import { integer, list, matching, nextToken, oneOf } from '../validation.ts';

const filter = v.object({
  Key: oneOf([
    'description',
    'name',
    'tag-key',
    'tag-value',
    'primary-region',
    'owning-service',
    'all',
  ]),
  Values: list(matching(0, 512, /^!?[a-zA-Z0-9 :_@/+=.!-]*$/), 1, 10),
});

export const filterMember = v.optional(list(filter, 0, 10));

export const pageMembers = (most: number) => ({
  MaxResults: v.optional(integer(1, most)),
  NextToken: v.optional(nextToken),
});

export type Filter = v.InferOutput<typeof filter>;

/** Every filter must match, each by one of its values. A value after `!` must not match. */
export function matches(secret: Secret, filters: readonly Filter[]): boolean {
  return filters.every(({ Key, Values }) => {
    const wanted = Values.filter((value) => !value.startsWith('!'));
    const unwanted = Values.filter((value) => value.startsWith('!'));
    return (
      (wanted.length === 0 || wanted.some((value) => hasValue[Key](secret, value))) &&
      !unwanted.some((value) => hasValue[Key](secret, value.slice(1)))
    );
  });
}

/** Prefixes: of the description in any case, of the rest as written. `all` looks for words. */
const hasValue: Record<Filter['Key'], (secret: Secret, value: string) => boolean> = {
  name: (secret, value) => secret.name.startsWith(value),
  description: ({ description = '' }, value) =>
    description.toLowerCase().startsWith(value.toLowerCase()),
  'tag-key': ({ tags }, value) => [...tags.keys()].some((key) => key.startsWith(value)),
  'tag-value': ({ tags }, value) => [...tags.values()].some((text) => text.startsWith(value)),
  'primary-region': () => false,
  'owning-service': () => false,
  all: hasWords,
};

function hasWords(secret: Secret, value: string): boolean {
  const searched = [secret.name, secret.description ?? '', ...[...secret.tags].flat()]
    .join(' ')
    .toLowerCase();
  const words = value.toLowerCase().split(/\s+/).filter(Boolean);
  return words.every((word) => searched.includes(word));
}
