import {
  GetRandomPasswordCommand,
  type GetRandomPasswordCommandInput,
} from '@aws-sdk/client-secrets-manager';
import { expect, test } from 'vitest';
import { start } from './support.ts';

async function passwords(members: GetRandomPasswordCommandInput): Promise<string[]> {
  const { client } = await start();
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => client.send(new GetRandomPasswordCommand(members))),
  );
  return answers.map(({ RandomPassword = '' }) => RandomPassword);
}

test.each<[GetRandomPasswordCommandInput, RegExp]>([
  [{}, /^[!-~]{32}$/],
  [{ PasswordLength: 4 }, /^(?=.*[A-Z])(?=.*[a-z])(?=.*\d)(?=.*[^A-Za-z0-9]).{4}$/],
  [{ PasswordLength: 5, IncludeSpace: true }, /^(?=.* )[ -~]{5}$/],
  [{ ExcludePunctuation: true, ExcludeNumbers: true }, /^[A-Za-z]{32}$/],
  [{ ExcludeUppercase: true, ExcludeLowercase: true, ExcludePunctuation: true }, /^\d{32}$/],
  [{ ExcludeCharacters: 'abcdef"\'/@', PasswordLength: 500 }, /^[^abcdef"'/@]{500}$/],
  [{ PasswordLength: 1, RequireEachIncludedType: false }, /^.$/],
])('makes a password as asked for: %o', async (members, pattern) => {
  const made = await passwords(members);
  for (const password of made) expect(password).toMatch(pattern);
});

test('makes another password each time', async () => {
  expect(new Set(await passwords({})).size).toBe(20);
});

test.each<[GetRandomPasswordCommandInput, string]>([
  [{ PasswordLength: 3 }, 'InvalidParameterException'],
  [{ PasswordLength: 0 }, 'ValidationException'],
  [{ PasswordLength: 4097 }, 'ValidationException'],
  [
    {
      ExcludeLowercase: true,
      ExcludeUppercase: true,
      ExcludeNumbers: true,
      ExcludePunctuation: true,
    },
    'InvalidParameterException',
  ],
])('refuses %o', async (members, type) => {
  const { client } = await start();
  await expect(client.send(new GetRandomPasswordCommand(members))).rejects.toMatchObject({
    name: type,
  });
});
