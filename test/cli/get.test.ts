import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectSilent } from '../support/expect-told.ts';
import { localSecrets, type LocalSecrets, sample, samples } from './local-secrets.ts';
import { runKeyturn } from './run-keyturn.ts';
import { storedSecret } from './stored-secret.ts';

let secrets: LocalSecrets;
let name: string;

const document = {
  ...sample,
  LINES: ' one\ntwo\u001B[0m\n',
  EMPTY: '',
  PORT: 5432,
  KEYS: ['new', { old: null }],
  NOTHING: null,
  'with-dash': 'dashed',
  PATH: '/shown/too',
};

beforeAll(async () => {
  secrets = await localSecrets();
  ({ name } = await storedSecret(secrets, { ...sample, DB_PASSWORD: 'the one before' }, document));
});
afterAll(() => secrets.close());

const get = (...args: string[]) =>
  runKeyturn({ ...secrets, env: { KEYTURN_SECRET_ID: name } }, 'get', ...args);

describe('get', () => {
  test.each([
    ['DB_PASSWORD', sample.DB_PASSWORD],
    ['LINES', document.LINES],
    ['EMPTY', ''],
    ['PORT', '5432'],
    ['KEYS', '["new",{"old":null}]'],
    ['NOTHING', 'null'],
    ['with-dash', 'dashed'],
    ['PATH', '/shown/too'],
  ])('prints %s as it is, and a newline', async (key, text) => {
    expect(await get(key)).toEqual({ exitCode: 0, stdout: `${text}\n`, stderr: '' });
  });

  test.each(['-n', '--no-newline'])('prints no newline with %s', async (option) => {
    expect((await get(option, 'DB_PASSWORD')).stdout).toBe(sample.DB_PASSWORD);
  });

  test('prints the version of --stage', async () => {
    expect((await get('DB_PASSWORD', '--stage', 'AWSPREVIOUS')).stdout).toBe('the one before\n');
  });

  test('--secret comes before KEYTURN_SECRET_ID', async () => {
    const other = await storedSecret(secrets, { DB_PASSWORD: 'of the other' });

    expect((await get('DB_PASSWORD', '--secret', other.name)).stdout).toBe('of the other\n');
  });

  test('a key that is not there is a failure which names those that are', async () => {
    const { exitCode, stdout, stderr } = await get('DB_PASSWROD');

    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('DB_PASSWORD, TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, LINES');
    expect(stderr).toContain('[KEY_MISSING]');
    expectSilent(stderr, samples);
  });

  test.each(['toString', '__proto__'])('what every object has is no key: %s', async (key) => {
    expect((await get(key)).stderr).toContain('[KEY_MISSING]');
  });

  test.each([
    ['LONG', '12345678901234567890'],
    ['POINT', '1.0'],
    ['LIST', '[1.50,1e400]'],
  ])('prints numbers as they are stored: %s', async (key, text) => {
    const SecretString = '{"LONG":12345678901234567890,"POINT":1.0,"LIST":[1.50,1e400]}';
    secrets.interference.before = () => Response.json({ VersionId: '1', SecretString });
    const printed = await get(key);
    secrets.calm();

    expect(printed).toEqual({ exitCode: 0, stdout: `${text}\n`, stderr: '' });
  });

  test('half of a surrogate pair is a failure', async () => {
    const half = await storedSecret(secrets, { KEY: `${sample.DB_PASSWORD}\uD800` });

    const { exitCode, stdout, stderr } = await get('KEY', '--secret', half.name);

    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('[NOT_A_VARIABLE]');
    expectSilent(stderr, samples);
  });

  test('a label that no version has is a failure', async () => {
    const { exitCode, stderr } = await get('DB_PASSWORD', '--stage', 'AWSPENDING');

    expect(exitCode).toBe(1);
    expect(stderr).toContain('[SECRET_NOT_FOUND]');
  });

  test.each([
    ['no key', [], "missing required argument 'key'"],
    ['a label that is none', ['A', '--stage', 'NEXT'], 'Allowed choices are AWSCURRENT'],
    ['two keys', ['A', 'B'], 'too many arguments'],
  ])('%s is wrong usage', async (_what, args, said) => {
    const { exitCode, stderr } = await get(...args);

    expect(exitCode).toBe(2);
    expect(stderr).toContain(said);
  });

  test.each(['get', 'env'])('%s without a secret says how to name one', async (command) => {
    const args = command === 'get' ? ['DB_PASSWORD'] : [];
    const { exitCode, stderr } = await runKeyturn(
      { ...secrets, env: { KEYTURN_SECRET_ID: undefined } },
      command,
      ...args,
    );

    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/with --secret, or set the variable KEYTURN_SECRET_ID\. \[USAGE\]/);
  });
});
