import { expect, test } from 'vitest';
import { earlierKeys } from '../../src/cli/restore/earlier-keys.ts';
import { SecretDocument } from '../../src/rotation/secret-document.ts';

const rotated = [
  {
    key: 'SECRET_KEY',
    changes: ['SECRET_KEY', 'SECRET_KEY_FALLBACKS'],
    optional: ['SECRET_KEY_FALLBACKS'],
  },
  { key: 'DB_PASSWORD', changes: ['DB_PASSWORD'], optional: [] },
];
const marked = ['AWSCURRENT', 'KEYTURN_COMPROMISED_SECRET_KEY'];

function listsFor(
  held: object,
  values: Readonly<Record<string, string | string[]>>,
  labels: readonly string[] = ['AWSCURRENT'],
) {
  const document = SecretDocument.parse(JSON.stringify(held));
  return earlierKeys({ rotated, document, labels, values });
}

test('puts what is current in front, and the restored key is not in the list', () => {
  const held = { SECRET_KEY: 'now', SECRET_KEY_FALLBACKS: ['old', 'older'] };

  expect(listsFor(held, { SECRET_KEY: 'old' })).toEqual({ SECRET_KEY_FALLBACKS: ['now', 'older'] });
});

test('makes a list where there is none', () => {
  expect(listsFor({ SECRET_KEY: 'now' }, { SECRET_KEY: 'old' })).toEqual({
    SECRET_KEY_FALLBACKS: ['now'],
  });
});

test('leaves out what is marked as compromised', () => {
  const held = { SECRET_KEY: 'now', SECRET_KEY_FALLBACKS: [] };

  expect(listsFor(held, { SECRET_KEY: 'old' }, marked)).toEqual({ SECRET_KEY_FALLBACKS: [] });
});

test.each([
  ['the key is the current one', { SECRET_KEY: 'now' }],
  ['the list is restored, too', { SECRET_KEY: 'old', SECRET_KEY_FALLBACKS: ['x'] }],
  ['only other keys are', { DB_PASSWORD: 'x' }],
])('adds nothing where %s', (_when, values) => {
  expect(listsFor({ SECRET_KEY: 'now' }, values)).toEqual({});
});
