import { describe, expect, test } from 'vitest';
import { scramSafe, scramVerifier } from '../../../src/rotators/postgres/scram-verifier.ts';

test('derives the verifier that PostgreSQL itself derives from a password and a salt', async () => {
  const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');

  const verifier = await scramVerifier('pencil', { salt });

  // RFC 7677's password, salt and number of iterations.
  expect(verifier).toBe(
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==' +
      '$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=' +
      ':wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
  );
});

test('makes another verifier every time', async () => {
  expect(await scramVerifier('pencil')).not.toBe(await scramVerifier('pencil'));
});

test('takes as many iterations as it is told', async () => {
  expect(await scramVerifier('pencil', { iterations: 5000 })).toMatch(/^SCRAM-SHA-256\$5000:/);
});

test.each([
  ['iterations that are no number', { iterations: Number.NaN }],
  ['a salt of another length', { salt: Buffer.from('short') }],
  ['no salt', { salt: Buffer.alloc(0) }],
])('answers no malformed verifier: %s', async (_, options) => {
  await expect(scramVerifier('pencil', options)).rejects.toThrow(/iterations|malformed/);
});

describe('a password', () => {
  test.each(['plain', ' ', `quote'"\\`, 'line\nbreak', 'ünïcödé', 'пароль', '密码', '🔑'])(
    '%j is the same to every client',
    (password) => {
      expect(scramSafe(password)).toBe(true);
    },
  );

  test.each([
    ['nothing at all', ''],
    ['a letter in two parts', 'a\u0308'],
    ['a ligature', 'ﬁ'],
    ['a space that is none of ASCII', 'a\u00a0b'],
    ['a soft hyphen', 'a\u00adb'],
    ['a joiner of no width', 'a\u200db'],
    ['a variation selector', 'a\ufe0f'],
    ['half a character', '\ud800'],
    ['a NUL', 'a\0b'],
  ])('is not, with %s, and gets no verifier', async (_, password) => {
    expect(scramSafe(password)).toBe(false);
    await expect(scramVerifier(password)).rejects.toThrow('every client');
  });
});
