import { expect, test } from 'vitest';
import { withValues } from '../../src/cli/publish/with-values.ts';
import { SecretDocument } from '../../src/rotation/secret-document.ts';
import { defineRotation } from '../../src/rotators/configuration.ts';

const configure = defineRotation(() => [
  {
    secret: 'shop',
    keys: { KEY: { rotator: 'random-key' } },
    derived: { HEADER: ({ KEY }) => `key=${JSON.stringify(KEY)}` },
  },
]);

interface Told {
  readonly header?: string;
  readonly derived?: readonly { readonly key: string; readonly asBuilt: boolean }[];
}

function withKey({ header = 'key="old"', derived }: Told) {
  const document = SecretDocument.parse(JSON.stringify({ KEY: 'old', HEADER: header }));
  const change = { name: 'shop', document, values: { KEY: 'new' }, derived };
  const value: unknown = JSON.parse(withValues(change, configure).text);
  return value;
}

const rebuilt = { KEY: 'new', HEADER: 'key="new"' };

test.each<[string, Told, object]>([
  ['nobody said what is built', {}, rebuilt],
  ['the function builds the same', { derived: [{ key: 'HEADER', asBuilt: true }] }, rebuilt],
  [
    'somebody had changed it by hand',
    { header: 'key=typed', derived: [{ key: 'HEADER', asBuilt: false }] },
    rebuilt,
  ],
  ['the function builds none', { derived: [] }, { KEY: 'new', HEADER: 'key="old"' }],
])('sets a value, and a derived key beside it, where %s', (_when, told, expected) => {
  expect(withKey(told)).toEqual(expected);
});

test.each<[string, Told]>([
  ['another key', { derived: [{ key: 'URL', asBuilt: true }] }],
  [
    'one more',
    {
      derived: [
        { key: 'HEADER', asBuilt: true },
        { key: 'URL', asBuilt: true },
      ],
    },
  ],
  ['the same key otherwise', { header: 'k: old', derived: [{ key: 'HEADER', asBuilt: true }] }],
])('is refused where the function builds %s', (_what, told) => {
  expect(() => withKey(told)).toThrow(expect.objectContaining({ code: 'CONFIG_MISMATCH' }));
});
