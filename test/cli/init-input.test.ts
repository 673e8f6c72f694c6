import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownRotation, planFor } from '../../src/cli/init/configured.ts';
import { assertUsable, firstDocument } from '../../src/cli/init/first-document.ts';
import { init } from '../../src/cli/init/init.ts';
import { readOptions } from '../../src/cli/init/options.ts';
import { chooseSources } from '../../src/cli/init/sources.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { SecretDocument } from '../../src/rotation/secret-document.ts';
import { expectSilent } from '../support/expect-told.ts';
import { localSecrets, sample, samples, type LocalSecrets } from './local-secrets.ts';
import { runKeyturn } from './run-keyturn.ts';

let secrets: LocalSecrets;
let folder: string;

beforeAll(async () => {
  secrets = await localSecrets();
  folder = await mkdtemp(path.join(tmpdir(), 'keyturn-init-'));
});
afterAll(async () => {
  await secrets.close();
  await rm(folder, { recursive: true });
});

/** Stands wherever a value would: nothing that is printed may show it. */
const mark = 'Kx3-sits_where-a-value_would-9';

const whole = { ...sample, DB_PASSWORD: mark };

const failed = (code: string, message: string) => ({
  outcome: 'failed',
  code,
  message: expect.stringContaining(message),
});

/** The real command, without a terminal. */
const run = async (input: string | Buffer | undefined, ...args: string[]) => {
  const stack = { clientConfig: secrets.clientConfig, ...(input !== undefined && { input }) };
  const { exitCode, stdout, stderr } = await runKeyturn(
    stack,
    'init',
    '--no-files',
    ...args,
    '--json',
    '--yes',
  );
  expectSilent(stdout + stderr, [mark, ...samples]);
  expect(secrets.calls).toEqual([]);
  const answer: unknown = JSON.parse(stdout);
  return { exitCode, answer };
};

/** What `init` throws for a file of this text; it has no way to AWS here. */
const refusalOf = async (text: string | Buffer, more: object = {}): Promise<unknown> => {
  const fromFile = path.join(folder, 'values.json');
  await writeFile(fromFile, text);
  const said: string[] = [];
  const script: Terminal = {
    interactive: false,
    tell: (line) => void said.push(line),
    answer: async (line) => void said.push(line),
    ask: async () => expect.unreachable(),
    confirm: async () => expect.unreachable(),
    askHidden: async () => expect.unreachable(),
  };
  const options = readOptions({ secret: 'shop', yes: true, files: false, fromFile, ...more });
  const error: unknown = await init(options, script).catch((thrown: unknown) => thrown);
  expectSilent(inspect(error, { showHidden: true }) + said.join(''), [mark, ...samples]);
  return JSON.parse(JSON.stringify(error));
};

describe('refuses, before anything is asked of AWS, a file that', () => {
  const notOne = 'not one JSON object in UTF-8';

  test.each([
    ['is empty', '', 'SECRET_NOT_JSON_OBJECT', notOne],
    ['is no JSON', `DB_PASSWORD=${mark}`, 'SECRET_NOT_JSON_OBJECT', notOne],
    ['breaks off', `{"DB_PASSWORD": "${mark}"`, 'SECRET_NOT_JSON_OBJECT', notOne],
    ['is a list', `["${mark}"]`, 'SECRET_NOT_JSON_OBJECT', notOne],
    ['is a text', `"${mark}"`, 'SECRET_NOT_JSON_OBJECT', notOne],
    ['holds a control character', `{"A": "${mark}\n"}`, 'SECRET_NOT_JSON_OBJECT', notOne],
    ['is not UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 'SECRET_NOT_JSON_OBJECT', notOne],
    ['names a key twice', `{"A": "${mark}", "A": "x"}`, 'SECRET_DUPLICATE_KEY', 'The key A stands'],
    ['hides it', String.raw`{"A": "${mark}", "\u0041": "x"}`, 'SECRET_DUPLICATE_KEY', 'The key A'],
    [
      'names one twice that a terminal would obey',
      String.raw`{"\u001b[2J\n": "${mark}", "\u001b[2J\n": "x"}`,
      'SECRET_DUPLICATE_KEY',
      String.raw`The key \u001b[2J\n stands twice`,
    ],
    ['has an empty name', `{"A": "${mark}", "": "x"}`, 'KEY_UNUSABLE', 'The name of key 2'],
    [
      'has a name that a terminal would obey',
      String.raw`{"\u001b[2J": "${mark}"}`,
      'KEY_UNUSABLE',
      'The name of key 1',
    ],
    ['is too large', `{"A": "${mark.repeat(3_000)}"}`, 'VALUE_TOO_LARGE', '65536'],
    [
      'lacks keys',
      `{"DB_PASSWORD": "${mark}"}`,
      'KEY_MISSING',
      'lacks TWILIO_ACCOUNT_SID, TWILIO_',
    ],
  ])('%s', async (_what, text, code, message) => {
    expect(await refusalOf(text)).toEqual(failed(code, message));
  });

  test.each([
    ['DB_PASSWORD', '', 'KEY_NOT_TEXT'],
    ['DB_PASSWORD', 4_711_000, 'KEY_NOT_TEXT'],
    ['DB_PASSWORD', null, 'KEY_NOT_TEXT'],
    ['DB_PASSWORD', { inside: mark }, 'KEY_NOT_TEXT'],
    ['SECRET_KEY', [mark], 'KEY_NOT_TEXT'],
    ['SECRET_KEY_FALLBACKS', mark, 'KEY_UNUSABLE'],
    ['SECRET_KEY_FALLBACKS', [mark, 1], 'KEY_UNUSABLE'],
    ['TWILIO_ACCOUNT_SID', mark, 'KEY_UNUSABLE'],
    ['TWILIO_ACCOUNT_SID', `${sample.TWILIO_ACCOUNT_SID}0`, 'KEY_UNUSABLE'],
    ['TWILIO_ACCOUNT_SID', sample.TWILIO_AUTH_TOKEN, 'KEY_UNUSABLE'],
    ['TWILIO_AUTH_TOKEN', sample.TWILIO_ACCOUNT_SID, 'KEY_UNUSABLE'],
    ['TWILIO_AUTH_TOKEN', `${sample.TWILIO_AUTH_TOKEN}\n`, 'KEY_UNUSABLE'],
    ['TWILIO_AUTH_TOKEN', true, 'KEY_NOT_TEXT'],
  ])('has a %s that its rotator would refuse: %j', async (key, value, code) => {
    const text = JSON.stringify({ ...whole, [key]: value });

    expect(await refusalOf(text)).toEqual(failed(code, `The key ${key} must be`));
  });

  test.each(['generate', 'key', 'without'])('holds what --%s is about', async (option) => {
    const refusal = await refusalOf(JSON.stringify(whole), { [option]: ['DB_PASSWORD'] });

    const message = `DB_PASSWORD is in the file, and in --${option}`;
    expect(refusal).toEqual(failed('INPUT_CONFLICT', message));
  });

  test.each([
    ['is not there', mark, 'ENOENT'],
    ['is a folder', '.', 'EISDIR'],
    ['is the value itself', JSON.stringify(whole), 'ENOENT'],
  ])('%s', async (_what, fromFile, code) => {
    expect(await refusalOf('', { fromFile })).toEqual(failed('FILE_UNREADABLE', code));
  });
});

describe('exit code 1, with one document, for', () => {
  test.each([
    ['a file that is no JSON', `DB_PASSWORD=${mark}`, 'SECRET_NOT_JSON_OBJECT'],
    ['a value that is none', JSON.stringify({ ...whole, TWILIO_AUTH_TOKEN: mark }), 'KEY_UNUSABLE'],
    ['more than there is room for', mark.repeat(300_000), 'VALUE_TOO_LARGE'],
  ])('%s on standard input', async (_what, input, code) => {
    const { exitCode, answer } = await run(input, '--from-file', '-');

    expect(exitCode).toBe(1);
    expect(answer).toEqual(failed(code, ''));
  });
});

test('what is generated must fit in, too', async () => {
  const given = SecretDocument.parse(JSON.stringify({ ...sample, X: 'x'.repeat(65_350) }));
  const plan = planFor(ownRotation, 'shop');
  const keys = chooseSources({
    plan,
    options: { key: [], generate: [], without: [] },
    given: given.keys,
  });
  const request = { plan, keys, without: [], given };

  expect(() => assertUsable(request, given)).not.toThrow();
  const made = firstDocument(request, { askHidden: async () => expect.unreachable() });
  await expect(made).rejects.toMatchObject({ code: 'VALUE_TOO_LARGE' });
});

describe('exit code 2, before anything is asked of AWS', () => {
  test.each([
    ['an empty name', [''], 'must be the name of a secret'],
    ['an ARN', ['arn:aws:secretsmanager:eu-west-1:1:secret:a-b'], 'not its ARN'],
    ['a name with white space', [`${mark} `], 'must be the name of a secret'],
    ['a name that is too long', ['n'.repeat(513)], '1 to 512'],
    ['a second argument', ['shop', mark], 'too many arguments'],
    ['control characters', [`shop\u001B[2J${mark}`], 'control characters'],
    ['a change of direction', [`shop\u202E${mark}`], 'control characters'],
    ['a line break', ['shop', '--description', `${mark}\n`], 'control characters'],
    ['another environment', ['--environment', mark], 'Allowed choices are development'],
    ['the alias of a key', ['--kms-key', 'alias/shop'], 'not of an alias'],
    ['a description that is too long', ['--description', 'd'.repeat(2049)], '--description takes'],
    ['no file', ['--from-file', ''], '--from-file must name a file'],
    ['an option of a value', [`--db-password=${mark}`], "unknown option '--db-password'"],
    ['an option in capitals', [`--DB_PASSWORD=${mark}`], "unknown option '--DB_PASSWORD'"],
    ['a short option', [`-p${mark}`], 'unknown option.'],
    ['a key with its value', ['--key', `DB_PASSWORD=${mark}`], '--key takes the name of a key'],
    ['a generated one with its value', ['--generate', `A=${mark}`], '--generate takes the name'],
    ['a key of another alphabet', ['--key', 'a b'], '--key takes the name of a key'],
    ['a key in two options', ['--key', 'A', '--generate', 'A'], 'The key A is in two of'],
    ['leaving out what is not asked for', ['--without', 'OTHER'], 'leaves out nothing'],
    ['half of a provider', ['--without', 'TWILIO_ACCOUNT_SID'], '--without TWILIO_AUTH_TOKEN'],
    ['making up a token', ['--generate', 'TWILIO_AUTH_TOKEN'], 'another system knows'],
    ['making up an account', ['--generate', 'TWILIO_ACCOUNT_SID'], 'another system knows'],
    ['making up fallbacks', ['--generate', 'SECRET_KEY_FALLBACKS'], 'keeps SECRET_KEY_FALLBACKS'],
    ['asking for fallbacks', ['--key', 'SECRET_KEY_FALLBACKS'], 'keeps SECRET_KEY_FALLBACKS'],
    ['nobody to ask', ['shop'], 'no terminal to ask on for DB_PASSWORD, TWILIO_ACCOUNT_SID'],
    [
      'nothing left',
      ['SECRET_KEY', 'DB_PASSWORD', 'TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN'].flatMap((key) => [
        '--without',
        key,
      ]),
      'No key is left',
    ],
  ])('for %s', async (_what, args, message) => {
    const { exitCode, answer } = await run(undefined, ...args);

    expect(exitCode).toBe(2);
    expect(answer).toEqual(failed('USAGE', message));
  });

  test('without a terminal to confirm on', async () => {
    const stack = { clientConfig: secrets.clientConfig, input: JSON.stringify(whole) };
    const { exitCode, stderr } = await runKeyturn(stack, 'init', 'shop', '--from-file', '-');

    expect(exitCode).toBe(2);
    expect(stderr).toContain('Add --yes');
  });
});
