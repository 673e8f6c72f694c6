import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { promisify, parseEnv } from 'node:util';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { formats } from '../../src/cli/env/formats.ts';
import { expectSilent } from '../support/expect-told.ts';
import { localSecrets, type LocalSecrets, sample, samples } from './local-secrets.ts';
import { command, environmentOf, runKeyturn } from './run-keyturn.ts';
import { storedSecret } from './stored-secret.ts';

const run = promisify(execFile);

/** With everything that a quote, a comment, an escape or an expansion is made of. */
const special = fc.constantFrom(...('\'"`\\$#= \n\t{}(!)~*;&|<>%äß☃𝄞nrx'.match(/./gsu) ?? []));
const value = fc.oneof(
  fc.string({ unit: special, maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 20 }).filter((each) => !each.includes('\0')),
  fc.string({ maxLength: 40 }),
);

const name = (index: number) => `VALUE_${index}`;

const asVariables = (values: readonly string[]) =>
  new Map(values.map((each, index) => [name(index), each] as const));

describe('what is written is read back byte for byte', () => {
  test('by sh', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 50, maxLength: 60 }), async (values) => {
        const script = formats.shell(asVariables(values));
        const names = values.map((_, index) => `"$${name(index)}"`).join(' ');

        const { stdout } = await run('sh', ['-c', `${script}printf '%s\\0' ${names}`]);

        expect(stdout.split('\0').slice(0, -1)).toEqual(values);
      }),
      { numRuns: 30 },
    );
  });

  test('by a reader of JSON', () => {
    fc.assert(
      fc.property(fc.array(value), (values) => {
        const parsed: unknown = JSON.parse(formats.json(asVariables(values)));

        expect(parsed).toEqual(Object.fromEntries(asVariables(values)));
      }),
    );
  });

  test('by Node, from dotenv, or it is refused', () => {
    fc.assert(
      fc.property(fc.array(value.filter(isWritable), { maxLength: 10 }), (values) => {
        const parsed = parseEnv(formats.dotenv(asVariables(values)));

        expect(parsed).toEqual(Object.fromEntries(asVariables(values)));
      }),
      { numRuns: 2_000 },
    );
  });

  test('by dotenv, or it is refused', () => {
    fc.assert(
      fc.property(fc.array(value.filter(isWritable), { maxLength: 10 }), (values) => {
        const parsed = readByDotenv(formats.dotenv(asVariables(values)));

        expect(parsed).toEqual(Object.fromEntries(asVariables(values)));
      }),
      { numRuns: 2_000 },
    );
  });
});

function isWritable(plain: string): boolean {
  try {
    return formats.dotenv(new Map([['KEY', plain]])) !== '';
  } catch {
    return false;
  }
}

/** How dotenv 17 reads a file (lib/main.js). */
function readByDotenv(file: string) {
  const line =
    /^\s*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)(\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(?:#.*)?(?:$|$)/gm;
  const found = [...file.replaceAll(/\r\n?/g, '\n').matchAll(line)];
  return Object.fromEntries(
    found.map(([, key = '', raw = '']) => {
      const trimmed = raw.trim();
      const bare = trimmed.replaceAll(/^(['"`])([\s\S]*)\1$/gm, '$2');
      const isDouble = trimmed.startsWith('"');
      return [key, isDouble ? bare.replaceAll('\\n', '\n').replaceAll('\\r', '\r') : bare];
    }),
  );
}

describe('dotenv', () => {
  test.each([
    ['ordinary', "'ordinary'"],
    ['', "''"],
    ['two\nlines # and "more" $HOME', `'two\nlines # and "more" $HOME'`],
    ["it's", `"it's"`],
    [String.raw`C:\dir`, String.raw`'C:\dir'`],
    [`a"'b`, `a"'b`],
    ['a\\\\b', 'a\\\\b'],
  ])('writes %j as %s', (plain, written) => {
    expect(formats.dotenv(new Map([['KEY', plain]]))).toBe(`KEY=${written}\n`);
  });

  test.each([
    ['an expansion, which python-dotenv sees within quotes', 'a${b}'],
    ['a carriage return', 'a\rb'],
    ['all quotes, and a space', `a"' b`],
    ['all quotes, one of them at the beginning', `"it's"`],
    ['a backslash at the end, and a space', 'ends with \\'],
  ])('refuses %s', (_what, refused) => {
    const write = () => formats.dotenv(new Map([['KEY', refused]]));

    expect(write).toThrow(
      expect.objectContaining({
        code: 'FORMAT_CANNOT_HOLD',
        message: expect.not.stringContaining(refused),
      }),
    );
  });
});

let secrets: LocalSecrets;
let secret: string;

const document = { ...sample, PORT: 5432, KEYS: ['a'], PATH: '/evil', 'with-dash': 'dashed' };

beforeAll(async () => {
  secrets = await localSecrets();
  const before = { ...sample, DB_PASSWORD: 'the one before' };
  ({ name: secret } = await storedSecret(secrets, before, document));
});
afterAll(() => secrets.close());

const env = (...args: string[]) =>
  runKeyturn({ ...secrets, env: { KEYTURN_SECRET_ID: secret } }, 'env', ...args);

const texts = { ...sample, PORT: '5432', KEYS: '["a"]' };

describe('env', () => {
  test('prints lines for a shell where no format is named', async () => {
    const { exitCode, stdout } = await env();

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^(export [A-Z_]+='.*'\n){5}$/);
    const shown = await run('sh', ['-c', `${stdout}printf %s "$DB_PASSWORD"`]);
    expect(shown.stdout).toBe(sample.DB_PASSWORD);
  });

  test('prints one object of texts as JSON', async () => {
    const { stdout } = await env('--format', 'json');

    expect(JSON.parse(stdout)).toEqual(texts);
  });

  test('prints lines of dotenv', async () => {
    const { stdout } = await env('--format', 'dotenv');

    expect(parseEnv(stdout)).toEqual(texts);
  });

  test('warns of the keys that it leaves out', async () => {
    const { stderr } = await env('--format', 'json');

    expect(stderr).toMatch(
      /^keyturn: The key PATH is left out: .*\nkeyturn: The key with-dash .*\n$/,
    );
  });

  test('prints the keys of --only, of the version of --stage', async () => {
    const args = ['--only', 'DB_PASSWORD', '--stage', 'AWSPREVIOUS', '--format', 'json'];

    const { stdout, stderr } = await env(...args);

    expect(JSON.parse(stdout)).toEqual({ DB_PASSWORD: 'the one before' });
    expect(stderr).toBe('');
  });

  test('prints nothing where a key is not there', async () => {
    const { exitCode, stdout, stderr } = await env('--only', 'DB_PASSWORD,DB_PASSWROD');

    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('[KEY_MISSING]');
    expectSilent(stderr, samples);
  });

  test('prints nothing where a value cannot be written', async () => {
    const held = await storedSecret(secrets, { FINE: 'x', KEY: `${sample.DB_PASSWORD}\r` });

    const { exitCode, stdout, stderr } = await env('--secret', held.name, '--format', 'dotenv');

    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('The value of the key KEY holds');
    expectSilent(stderr, samples);
  });

  test('knows no other format', async () => {
    const { exitCode, stderr } = await env('--format', 'yaml');

    expect(exitCode).toBe(2);
    expect(stderr).toContain('Allowed choices are json, dotenv, shell');
  });

  test.runIf(existsSync('/dev/full'))('shows no value where its output is full', async () => {
    const full = await open('/dev/full', 'w');
    onTestFinished(() => full.close());
    const script = '"$NODE" "$COMMAND" env >&3; echo "code $?" >&2';
    const child = spawn('sh', ['-c', script], {
      stdio: ['ignore', 'ignore', 'pipe', full.fd],
      env: environmentOf({
        ...secrets,
        env: { KEYTURN_SECRET_ID: secret, NODE: process.execPath, COMMAND: command },
      }),
    });

    const stderr = child.stderr ? await text(child.stderr) : '';

    expect(stderr).toContain('[OUTPUT_FAILED]');
    expect(stderr).toContain('code 1');
    expectSilent(stderr, samples);
  });
});
