import { inspect } from 'node:util';
import * as v from 'valibot';
import { describe, expect, onTestFinished, test } from 'vitest';
import { getSecret, getSecrets } from '../../src/app/default-secrets.ts';
import { loadSettings } from '../../src/app/load-settings.ts';
import type { SettingsOptions } from '../../src/app/settings.ts';
import { texts } from '../../src/app/schema.ts';
import { signingKeys } from '../../src/app/signing-keys.ts';
import { spellingsOf } from '../../src/rotation/spellings.ts';
import { lines, sample, secretId, type Trouble, world } from './support.ts';

/** As it is outside of AWS, where every value is another one. */
const local = {
  SECRET_KEY: 'local-k0_signs.31Xw',
  DB_PASSWORD: 'local+p0/horse=Staple',
  TWILIO_ACCOUNT_SID: `AC${'1b'.repeat(16)}`,
  TWILIO_AUTH_TOKEN: '7e'.repeat(16),
};
const keys = Object.keys(sample);
const production = { NODE_ENV: 'production', KEYTURN_SECRET_ID: secretId };
const hidden = [...Object.values(sample), ...Object.values(local)].flatMap(spellingsOf);

interface Given extends Omit<SettingsOptions, 'schema'> {
  readonly document?: object | string;
  readonly trouble?: Trouble;
}

/** Loads settings, with everything that was said and answered searched for values. */
async function load({ document = sample, trouble, ...options }: Given) {
  const { client, trouble: make, ...there } = await world({ document });
  make(trouble);
  const log = lines();
  const env = options.env ?? { ...local, ...production };
  const outcome = await loadSettings({ client, log, ...options, env }).then(
    (settings) => ({ settings, error: undefined }),
    (error: unknown) => ({ settings: undefined, error }),
  );
  onTestFinished(() => outcome.settings?.secrets.close());
  const said = [...log.said, inspect(outcome, { depth: 9 }), JSON.stringify(outcome)].join('\n');
  expect(hidden.filter((value) => said.includes(value))).toEqual([]);
  return { ...there, ...outcome, env, log: log.said };
}

describe('behaviour 12: the guide’s override', () => {
  test('in production the secret overrides the environment, which is said by name', async () => {
    const env = { ...local, ...production, DB_PASSWORD: sample.DB_PASSWORD, OTHER: 'stays' };
    const { settings, log, first } = await load({ env });

    const from = `AWS Secrets Manager, version ${first}`;
    expect(settings).toMatchObject({ source: 'aws', reason: 'production', missing: [] });
    expect(settings?.overridden).toEqual([
      { key: 'SECRET_KEY', from, replaced: true },
      { key: 'DB_PASSWORD', from, replaced: false },
      { key: 'TWILIO_ACCOUNT_SID', from, replaced: true },
      { key: 'TWILIO_AUTH_TOKEN', from, replaced: true },
    ]);
    expect(log).toEqual([
      `info: Settings come from Secrets Manager, version ${first}, and override the environment: SECRET_KEY (replaced), DB_PASSWORD, TWILIO_ACCOUNT_SID (replaced), TWILIO_AUTH_TOKEN (replaced).`,
    ]);
    expect(env).toEqual({ ...production, ...sample, OTHER: 'stays' });
  });

  test('what was not there is not called replaced', async () => {
    const { settings, env } = await load({ env: { ...production } });
    expect(settings?.overridden.map(({ replaced }) => replaced)).toEqual(Array(4).fill(false));
    expect(env).toEqual({ ...production, ...sample });
  });

  test('nothing is written but the settings, whatever else the secret holds', async () => {
    const document = { ...sample, PATH: '/tmp/evil', NODE_OPTIONS: '--require x', PORT: '1' };
    const { env, settings } = await load({ document, env: { ...production, PATH: '/bin' } });
    expect(env).toEqual({ ...production, ...sample, PATH: '/bin' });
    await expect(settings?.secrets.getSecret('PORT')).resolves.toBe('1');
  });

  test('nothing at all where that is asked for', async () => {
    const { settings, env } = await load({ override: false });
    expect(env).toEqual({ ...local, ...production });
    expect(settings?.overridden).toEqual([]);
    expect(settings?.secrets.get('DB_PASSWORD')).toBe(sample.DB_PASSWORD);
  });

  test('the environment is that of the process where none is named', async () => {
    const { client } = await world();
    const names = ['KEYTURN_TEST_SETTING'];
    onTestFinished(() => void delete process.env['KEYTURN_TEST_SETTING']);
    process.env['KEYTURN_TEST_SETTING'] = 'of the process';
    const options = { client, log: false, keys: names, source: 'env' } as const;
    const { secrets } = await loadSettings(options);
    await expect(secrets.getSecret('KEYTURN_TEST_SETTING')).resolves.toBe('of the process');
  });

  test('helpers use them from then on', async () => {
    await load({});
    await expect(getSecret('DB_PASSWORD')).resolves.toBe(sample.DB_PASSWORD);
    await expect(getSecrets()).resolves.toEqual(sample);
    expect([...signingKeys()]).toEqual([sample.SECRET_KEY]);
  });
});

describe('where settings come from', () => {
  const named = { KEYTURN_SECRET_ID: secretId };
  test.each<{ env: object; options?: Given; source: string; reason: string }>([
    { env: {}, source: 'env', reason: 'not-production' },
    { env: named, source: 'env', reason: 'not-production' },
    { env: { ...named, NODE_ENV: 'test' }, source: 'env', reason: 'not-production' },
    { env: { ...named, NODE_ENV: 'Production' }, source: 'env', reason: 'not-production' },
    { env: { NODE_ENV: 'production' }, source: 'env', reason: 'no-secret-id' },
    { env: { ...named, NODE_ENV: 'production' }, source: 'aws', reason: 'production' },
    { env: { ...named, APP_ENV: 'production' }, source: 'aws', reason: 'production' },
    { env: { ...named, ENV: 'production', NODE_ENV: 'x' }, source: 'aws', reason: 'production' },
    {
      env: { ...named, ENV: 'x', NODE_ENV: 'production' },
      source: 'env',
      reason: 'not-production',
    },
    { env: { ...named, ENV: '', NODE_ENV: 'production' }, source: 'aws', reason: 'production' },
    { env: named, options: { environment: 'production' }, source: 'aws', reason: 'production' },
    {
      env: { ...named, NODE_ENV: 'production' },
      options: { environment: 'staging' },
      source: 'env',
      reason: 'not-production',
    },
    {
      env: { NODE_ENV: 'production' },
      options: { secretId },
      source: 'aws',
      reason: 'production',
    },
    { env: named, options: { source: 'aws' }, source: 'aws', reason: 'asked-for' },
    {
      env: { ...named, NODE_ENV: 'production' },
      options: { source: 'env' },
      source: 'env',
      reason: 'asked-for',
    },
  ])('$env with $options: $source, since $reason', async ({ env, options, source, reason }) => {
    const { settings, reads } = await load({ ...options, env: { ...local, ...env } });
    expect(settings).toMatchObject({ source, reason, missing: [], error: undefined });
    const expected = source === 'aws' ? sample : local;
    for (const [key, value] of Object.entries(expected)) {
      expect(await settings?.secrets.getSecret(key)).toBe(value);
    }
    expect(reads).toHaveLength(source === 'aws' ? 1 : 0);
  });
});

describe('falling back to the environment', () => {
  const failures: readonly Given[] = [
    { trouble: 'answers 503' },
    { trouble: 'denies access' },
    { trouble: 'hangs' },
    { document: { ...sample, TWILIO_ACCOUNT_SID: 'wrong' } },
    { document: 'no JSON: p1-horse' },
  ];

  test.each(failures)('is for the whole set, and reported: %o', async (given) => {
    const { settings, log, env } = await load(given);

    expect(settings).toMatchObject({ source: 'env', reason: 'secret-failed', overridden: [] });
    expect(settings?.error?.code).toMatch(/^SECRET_(UNREACHABLE|REFUSED|INVALID)$/);
    expect(settings?.secrets.snapshot.values).toEqual(local);
    expect(env).toEqual({ ...local, ...production });
    expect(log.at(-1)).toMatch(/^warn: .* All settings come from the environment instead\./);
  });

  test.each(failures)('does not happen where Secrets Manager is required: %o', async (given) => {
    const { error, env } = await load({ ...given, required: true });
    expect(error).toMatchObject({ code: 'SETTINGS_REQUIRED' });
    expect(env).toEqual({ ...local, ...production });
  });

  test.each(failures)('fails where it has not all of them: %o', async (given) => {
    const { DB_PASSWORD: _, ...rest } = local;
    const { error } = await load({ ...given, env: { ...rest, ...production, SECRET_KEY: '' } });
    expect(error).toMatchObject({
      code: 'SETTINGS_INCOMPLETE',
      message: expect.stringContaining('environment has no SECRET_KEY, DB_PASSWORD.'),
    });
  });

  test('where it is said to read Secrets Manager, and not which secret', async () => {
    const { settings } = await load({ source: 'aws', env: { ...local } });
    expect(settings?.error?.code).toBe('SECRET_ID_MISSING');
  });

  test('not where an option makes no sense', async () => {
    const { error } = await load({ ttlMs: -1 });
    expect(error).toBeInstanceOf(TypeError);
  });
});

describe('from the environment', () => {
  test('what is missing is reported by name, and throws where it is asked for', async () => {
    const { settings, log } = await load({ env: { SECRET_KEY: 'k', DB_PASSWORD: '' } });
    expect(settings?.missing).toEqual(keys.slice(1));
    expect(log).toEqual([
      'info: Settings come from the environment, which is not that of production.',
      `warn: The environment has no ${keys.slice(1).join(', ')}.`,
    ]);
    expect(() => settings?.secrets.get('DB_PASSWORD')).toThrow('no value for DB_PASSWORD');
  });

  test('what is missing is refused where all are required', async () => {
    const { error } = await load({ env: { SECRET_KEY: 'k' }, required: true });
    expect(error).toMatchObject({ code: 'SETTINGS_INCOMPLETE' });
  });

  test('NAME_FALLBACKS are keys to verify with, and sign until the other instances have started anew', async () => {
    const env = { ...local, SECRET_KEY_FALLBACKS: '["k0","k-1"]' };
    const { settings } = await load({ env });
    expect([...signingKeys('SECRET_KEY', settings)]).toEqual(['k0', local.SECRET_KEY, 'k-1']);
  });

  test.each(['', 'k0', '{"a":1}', '["k0"'])('NAME_FALLBACKS that are no list: %j', async (text) => {
    const { settings } = await load({ env: { ...local, SECRET_KEY_FALLBACKS: text } });
    expect([...signingKeys('SECRET_KEY', settings)]).toEqual([local.SECRET_KEY]);
  });

  test('NAME_PREVIOUS is the previous value, where there is no list', async () => {
    const { settings } = await load({ env: { ...local, SECRET_KEY_PREVIOUS: 'k0' } });
    const verifying = signingKeys('SECRET_KEY', settings);
    expect(verifying[0]).toBe(local.SECRET_KEY);
    await expect.poll(() => [...verifying]).toEqual([local.SECRET_KEY, 'k0']);
  });
});

describe('other settings', () => {
  test('named by keys, each a text that is not empty', async () => {
    const document = { ...sample, API_KEY: 'api-key-of_3rd.party' };
    const env = { ...production };
    const { settings, env: written } = await load({ document, env, keys: ['API_KEY'] });
    expect(written).toEqual({ ...production, API_KEY: 'api-key-of_3rd.party' });
    expect(settings?.overridden.map(({ key }) => key)).toEqual(['API_KEY']);
    const { error } = await load({ env: { ...production }, keys: ['API_KEY'] });
    expect(error).toMatchObject({ code: 'SETTINGS_INCOMPLETE' });
  });

  test('checked by a schema, which gives them their types', async () => {
    const { client } = await world({ document: { PORT: '5432', HOST: 'db' } });
    const schema = v.object({ PORT: v.pipe(v.string(), v.transform(Number)), HOST: v.string() });
    const env: Record<string, string | undefined> = { ...production };
    const settings = await loadSettings({ client, schema, keys: ['PORT'], env, log: false });
    onTestFinished(() => settings.secrets.close());
    const port: number = settings.secrets.get('PORT');
    expect(port).toBe(5432);
    expect(env).toEqual({ ...production, PORT: '5432' });
  });

  test('a setting that the schema lets be absent is reported as missing', async () => {
    const { client } = await world({ document: { HOST: 'db' } });
    const env: Record<string, string | undefined> = { ...production, PORT: 'from elsewhere' };
    const options = { client, schema: texts('HOST'), keys: ['HOST', 'PORT'], env, log: false };
    const settings = await loadSettings({ ...options, log: false });
    onTestFinished(() => settings.secrets.close());
    expect(settings.missing).toEqual(['PORT']);
    expect(env['PORT']).toBe('from elsewhere');
  });
});
