import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { sample, secretId, world } from './support.ts';

afterEach(() => void vi.unstubAllEnvs());

/** As in a process that has just started: nothing was made or chosen yet. */
const fresh = async () => {
  vi.resetModules();
  return import('../../src/app/index.ts');
};

describe('where no secrets are given', () => {
  let app: Awaited<ReturnType<typeof fresh>>;
  let client: Awaited<ReturnType<typeof world>>['client'];

  beforeEach(async () => {
    app = await fresh();
    ({ client } = await world({ document: sample }));
  });

  const make = (ttlMs?: number) => app.createSecrets({ secretId, client, ttlMs });

  test('they are the only ones that were made', async () => {
    const made = make();
    expect(app.defaultSecrets()).toBe(made);
    expect(await app.getSecret('DB_PASSWORD')).toBe(sample.DB_PASSWORD);
  });

  test('of several none is guessed', async () => {
    make();
    make();
    expect(() => app.defaultSecrets()).toThrow(/several secrets.*useSecrets\(\)/s);
    await expect(app.getSecret('DB_PASSWORD')).rejects.toThrow(TypeError);
    await expect(app.withAuthRetry(() => 'served')).rejects.toThrow(TypeError);
  });

  test('they are those that were chosen of several', () => {
    make();
    const chosen = app.useSecrets(make());
    make();
    expect(app.defaultSecrets()).toBe(chosen);
  });

  test('they stay the same when others are made later', () => {
    const first = make();
    expect(app.defaultSecrets()).toBe(first);
    make();
    expect(app.defaultSecrets()).toBe(first);
  });

  test('and none were made, the variable says which', () => {
    vi.stubEnv('KEYTURN_SECRET_ID', undefined);
    expect(() => app.defaultSecrets()).toThrow(
      expect.objectContaining({ code: 'SECRET_ID_MISSING' }),
    );
    vi.stubEnv('KEYTURN_SECRET_ID', secretId);
    expect(app.defaultSecrets()).toBe(app.defaultSecrets());
  });
});

describe('an option that would be ignored', () => {
  test.each([
    ['of another name', { ttl: 5_000 }, 'There is no option ttl.'],
    ['that is no way to refresh', { refresh: 'never' }, 'The option refresh must be one of'],
    ['that is no schema', { schema: {} }, 'The option schema must be a Standard Schema'],
  ])('%s is refused', async (_what, options, message) => {
    const { createSecrets } = await fresh();
    expect(() => Reflect.apply(createSecrets, undefined, [{ secretId, ...options }])).toThrow(
      message,
    );
  });

  test('of loadSettings is refused before the environment is written', async () => {
    const { loadSettings } = await fresh();
    const load = (options: object): unknown => Reflect.apply(loadSettings, undefined, [options]);
    expect(() => load({ source: 'vault' })).toThrow('The option source must be one of');
    expect(() => load({ require: true })).toThrow('There is no option require.');
  });
});

test('a region that is nowhere said is what the error is about', async () => {
  const { createSecrets } = await fresh();
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE'])
    vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_CONFIG_FILE', '/nowhere');
  await expect(createSecrets({ secretId, log: false }).ready()).rejects.toMatchObject({
    code: 'REGION_MISSING',
    message: expect.stringContaining('AWS_REGION'),
  });
});

test('in production a secret that is not named is refused where it is required', async () => {
  const { loadSettings } = await fresh();
  const env = { ...sample, ENV: 'production' };
  await expect(loadSettings({ env, required: true, log: false })).rejects.toMatchObject({
    code: 'SETTINGS_REQUIRED',
  });
  expect((await loadSettings({ env, log: false })).reason).toBe('no-secret-id');
});

test('nothing is read once it was closed, whoever asks', async () => {
  const { secrets, reads } = await world();
  const these = await secrets().ready();
  these.close();
  expect((await these.refresh()).versionId).toBe(these.snapshot.versionId);
  expect(reads).toHaveLength(1);
});
