import * as fc from 'fast-check';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Failure } from '../../src/cli/failure.ts';
import { ownRotation, planFor } from '../../src/cli/init/configured.ts';
import { firstDocument } from '../../src/cli/init/first-document.ts';
import { readGiven } from '../../src/cli/init/given.ts';
import { readOptions } from '../../src/cli/init/options.ts';
import { problemWithTyped } from '../../src/cli/init/requirements.ts';
import { chooseSources } from '../../src/cli/init/sources.ts';
import { isPrintable, printable } from '../../src/cli/printable.ts';
import { assertKeys } from '../../src/rotation/plan.ts';
import { SecretDocument } from '../../src/rotation/secret-document.ts';
import { sample } from './local-secrets.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'keyturn-init-'));
});
afterAll(() => rm(folder, { recursive: true }));

const plan = planFor(ownRotation, 'shop/production');
const none = { key: [], generate: [], without: [] };
const words = fc.string({ unit: 'binary', minLength: 4 });

/** A text in which a value would be noticed: nothing ordinary contains it. */
const value = fc.string({ minLength: 8, maxLength: 40 }).map((text) => `§${text}§`);

/** A Failure in a line; whatever else is thrown is thrown on. */
function refusal(error: unknown): string {
  if (!(error instanceof Failure)) throw error;
  return `${error.code}: ${error.message}`;
}

test('keeps whatever else is in the file byte for byte, and adds what a rotation needs', async () => {
  const others = fc.dictionary(
    fc.string({ minLength: 1 }).filter((name) => isPrintable(name) && !name.includes('_')),
    fc.jsonValue(),
  );
  await fc.assert(
    fc.asyncProperty(others, fc.integer({ min: 0, max: 3 }), async (more, indent) => {
      const given = SecretDocument.parse(JSON.stringify({ ...more, ...sample }, null, indent));
      const keys = chooseSources({ plan, options: none, given: given.keys });

      const request = { plan, keys, without: [], given };
      const made = await firstDocument(request, { askHidden: async () => expect.unreachable() });

      expect(made.keys).toEqual([...given.keys, 'SECRET_KEY']);
      for (const key of given.keys) expect(made.source(key)).toBe(given.source(key));
      expect(JSON.parse(made.text)).toMatchObject(sample);
      expect(() => assertKeys(plan, made)).not.toThrow();
    }),
  );
});

test('reads a file of any bytes as one JSON object, or refuses it without quoting it', async () => {
  const file = path.join(folder, 'any');
  const anything = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.json().map((text) => Buffer.from(text)),
    value.map((text) => Buffer.from(`{"A": ${text}}`)),
  );
  await fc.assert(
    fc.asyncProperty(anything, async (bytes) => {
      await writeFile(file, bytes);
      const read = async () => JSON.stringify(JSON.parse((await readGiven(file)).document.text));
      const outcome = await read().catch(refusal);

      expect(outcome).toMatch(/^(\{.*\}|[A-Z_]+: .* (again|read)\.)$/s);
      expect(outcome).not.toContain('§');
    }),
  );
});

describe('arguments', () => {
  test('that are no options are refused without being quoted', () => {
    const names = fc.array(fc.oneof(words, value), { maxLength: 3 });
    fc.assert(
      fc.property(fc.option(value, { nil: undefined }), names, value, (secret, key, kmsKey) => {
        expect(optionsIn({ secret, key, kmsKey })).toMatch(/^USAGE: [^§]*\.$/);
      }),
    );
  });

  test('that are taken are such as the template takes', () => {
    const anyName = fc.oneof(
      fc.string({ unit: 'grapheme-ascii', maxLength: 600 }),
      fc.stringMatching(/^[A-Za-z0-9/_+=.@-]{1,520}$/),
    );
    fc.assert(
      fc.property(anyName, (secret) => {
        const isName = /^[A-Za-z0-9/_+=.@-]{1,512}$/.test(secret);
        expect(optionsIn({ secret }) === secret).toBe(isName);
      }),
    );
  });
});

/** The name of the secret, or the refusal. */
function optionsIn(given: object): string {
  try {
    return readOptions(given).secret;
  } catch (error) {
    return refusal(error);
  }
}

test('takes what is typed as it is, or says what is wrong without quoting it', () => {
  fc.assert(
    fc.property(fc.oneof(words, value, fc.constant('')), (answer) => {
      const fits = answer !== '' && answer.trim() === answer && isPrintable(answer);

      expect(problemWithTyped(answer) ?? 'fits').toMatch(fits ? /^fits$/ : /^It [^§]+\.$/);
    }),
  );
});

test('shows a terminal nothing that it would obey, and a reader of JSON the same', () => {
  // Halves of characters are not text, and JSON escapes them by itself.
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(printable(text)).not.toMatch(/[^\P{Cc}\n]|[\u2028\u2029\u202A-\u202E\u2066-\u2069]/u);
      expect(JSON.parse(printable(JSON.stringify({ text })))).toEqual({ text });
    }),
  );
});
