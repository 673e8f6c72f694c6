import { randomInt } from 'node:crypto';
import * as v from 'valibot';
import { invalidParameter } from '../errors.ts';
import { operation } from '../operation.ts';
import * as input from '../validation.ts';

const request = v.object({
  PasswordLength: v.optional(input.integer(1, 4096), 32),
  ExcludeCharacters: v.optional(input.text(0, 4096), ''),
  ExcludeNumbers: v.optional(v.boolean(), false),
  ExcludePunctuation: v.optional(v.boolean(), false),
  ExcludeUppercase: v.optional(v.boolean(), false),
  ExcludeLowercase: v.optional(v.boolean(), false),
  IncludeSpace: v.optional(v.boolean(), false),
  RequireEachIncludedType: v.optional(v.boolean(), true),
});

export const getRandomPassword = operation(request, (_account, members) => {
  const types = typesOf(members);
  const required = members.RequireEachIncludedType ? types : [];
  if (types.length === 0) throw invalidParameter('No characters are left to make a password of.');
  if (required.length > members.PasswordLength) {
    throw invalidParameter('The password length is too short based on the required types.');
  }

  const all = types.join('');
  const characters = Array.from({ length: members.PasswordLength }, (_, index) =>
    pick(required[index] ?? all),
  );
  return { RandomPassword: shuffled(characters).join('') };
});

/** The alphabets that are asked for, without what is excluded from them. */
function typesOf(members: v.InferOutput<typeof request>): string[] {
  const excluded = new Set(members.ExcludeCharacters);
  return [
    members.ExcludeUppercase ? '' : 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    members.ExcludeLowercase ? '' : 'abcdefghijklmnopqrstuvwxyz',
    members.ExcludeNumbers ? '' : '0123456789',
    members.ExcludePunctuation ? '' : '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
    members.IncludeSpace ? ' ' : '',
  ]
    .map((type) =>
      Array.from(type)
        .filter((character) => !excluded.has(character))
        .join(''),
    )
    .filter((type) => type !== '');
}

const pick = (characters: string) => characters.charAt(randomInt(characters.length));

/** Fisher and Yates: every order is as likely as any other. */
function shuffled(characters: readonly string[]): string[] {
  const left = [...characters];
  return characters.flatMap(() => left.splice(randomInt(left.length), 1));
}
