import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { secretsIn } from '../../src/app/create-secrets.ts';
import { texts } from '../../src/app/schema.ts';
import { withAuthRetry } from '../../src/app/with-auth-retry.ts';
import { sample, secretId, ttl, world, valueAt } from './support.ts';

describe('behaviour 1: ready once, then get at once', () => {
  test('nothing is read before it is asked for', async () => {
    const { secrets, reads } = await world();
    secrets();
    expect(reads).toEqual([]);
  });

  test('gives the values of the current version from memory', async () => {
    const { secrets, reads, first, clock } = await world();

    const ready = await secrets().ready();

    expect(ready.get('DB_PASSWORD')).toBe(sample.DB_PASSWORD);
    expect(ready.snapshot).toMatchObject({
      versionId: first,
      stage: 'AWSCURRENT',
      source: 'aws',
      fetchedAt: clock.now(),
      labels: ['AWSCURRENT'],
      values: sample,
      document: sample,
    });
    expect(reads).toHaveLength(1);
  });

  test('get before ready throws, and reads for later', async () => {
    const { secrets, driven } = await world();
    const early = secrets();

    expect(() => early.get('DB_PASSWORD')).toThrow(
      expect.objectContaining({ code: 'SECRET_NOT_LOADED' }),
    );
    await driven.advance(1);

    expect(early.get('DB_PASSWORD')).toBe(sample.DB_PASSWORD);
  });

  test('getSecrets and getSecret wait for the first value', async () => {
    const { secrets } = await world({ document: { ...sample, PORT: 5432, LIST: ['a', 'b'] } });
    const these = secrets();

    await expect(these.getSecrets()).resolves.toMatchObject(sample);
    await expect(these.getSecret('DB_PASSWORD')).resolves.toBe(sample.DB_PASSWORD);
    await expect(these.getSecret('PORT')).resolves.toBe('5432');
    await expect(these.getSecret('LIST')).resolves.toBe('["a","b"]');
    await expect(these.getSecret('ABSENT')).resolves.toBeUndefined();
  });

  test('getSecret writes a value that holds others as it is stored, inside of attempts too', async () => {
    const NESTED = { user: 'app', more: [{ pin: 'p1n' }] };
    const { secrets } = await world({ document: { ...sample, NESTED } });
    const these = await secrets().ready();

    await expect(these.getSecret('NESTED')).resolves.toBe(JSON.stringify(NESTED));
    const asked = withAuthRetry(() => these.getSecret('NESTED'), { secrets: these });
    await expect(asked).resolves.toBe(JSON.stringify(NESTED));
  });

  test('a first load without a value fails', async () => {
    const { secrets, trouble } = await world();
    trouble('answers 503');
    await expect(secrets().ready()).rejects.toMatchObject({ code: 'SECRET_UNREACHABLE' });
    await expect(secrets().getSecrets()).rejects.toMatchObject({ code: 'SECRET_UNREACHABLE' });
  });

  test('which secret has to be said, and KEYTURN_SECRET_ID may say it', async () => {
    const { client, clock } = await world();
    const schema = texts('DB_PASSWORD');

    expect(() => secretsIn({ env: {} }, { schema })).toThrow(
      expect.objectContaining({ code: 'SECRET_ID_MISSING' }),
    );
    const env = { KEYTURN_SECRET_ID: secretId, AWS_LAMBDA_FUNCTION_NAME: 'f' };
    const { snapshot } = await secretsIn({ clock, env }, { schema, client }).ready();

    expect(snapshot.values.DB_PASSWORD).toBe(sample.DB_PASSWORD);
  });

  test.each([{ ttlMs: -1 }, { ttlMs: NaN }, { staleForMs: -1 }])('refuses %o', (limits) => {
    const options = { secretId, schema: texts(), ...limits };
    expect(() => secretsIn({ env: {} }, options)).toThrow(TypeError);
  });
});

describe('behaviour 3: one flight', () => {
  test('a hundred concurrent cold reads are one call', async () => {
    const { secrets, reads } = await world();
    const these = secrets();

    const read = await Promise.all(
      Array.from({ length: 100 }, () => these.getSecret('SECRET_KEY')),
    );

    expect(new Set(read)).toEqual(new Set([sample.SECRET_KEY]));
    expect(reads).toHaveLength(1);
  });

  test('a hundred after the expiry are one call, and get the new value', async () => {
    const { secrets, reads, put, driven } = await world();
    const these = await secrets({ refresh: 'on-access' }).ready();
    await put({ DB_PASSWORD: 'second' }, 'AWSCURRENT');
    await driven.advance(ttl + 1);

    const read = await Promise.all(Array.from({ length: 100 }, () => these.ready()));

    expect(read.map((one) => one.get('DB_PASSWORD'))).toEqual(Array(100).fill('second'));
    expect(reads).toHaveLength(2);
  });

  test('refresh joins a read under way, and reads anew after it', async () => {
    const { secrets, reads } = await world();
    const these = secrets();

    await Promise.all([these.ready(), these.refresh(), these.getSecrets(), these.refresh()]);
    expect(reads).toHaveLength(1);
    await these.refresh();
    expect(reads).toHaveLength(2);
  });

  test('a hundred that fail together are one call as well', async () => {
    const { secrets, reads, trouble } = await world();
    trouble('denies access');
    const these = secrets();

    const all = await Promise.allSettled(Array.from({ length: 100 }, () => these.ready()));

    expect(all.every(({ status }) => status === 'rejected')).toBe(true);
    expect(reads).toHaveLength(1);
  });
});

describe('behaviour 4: one GetSecretValue a refresh', () => {
  test('previous and pending are not read by a refresh, not even by a rotation', async () => {
    const { secrets, reads, put } = await world();
    const these = await secrets().ready();
    await put({ DB_PASSWORD: 'second' }, 'AWSCURRENT');

    await these.refresh();

    expect(reads.map(({ label }) => label)).toEqual(['AWSCURRENT', 'AWSCURRENT']);
  });
});

describe('keys that every object inherits', () => {
  const inherited = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'toJSON'];

  test.each(inherited)('%s is missing where the secret does not have it', async (key) => {
    const { secrets } = await world();
    const these = await secrets().ready();

    expect(() => valueAt(these, key)).toThrow(expect.objectContaining({ code: 'KEY_MISSING' }));
    await expect(these.getSecret(key)).resolves.toBeUndefined();
  });

  test.each(inherited.slice(0, -1))('%s is read where the secret has it', async (key) => {
    const { secrets } = await world({ document: `{"DB_PASSWORD":"x","${key}":"mine"}` });
    const these = await secrets().ready();

    expect(valueAt(these, key)).toBe('mine');
    await expect(these.getSecret(key)).resolves.toBe('mine');
    expect(Object.getPrototypeOf(these.snapshot.values)).toBe(Object.prototype);
  });

  test('what a secret stores is what is read, whatever its keys and values', async () => {
    const key = fc.string({ minLength: 1 }).filter((name) => name !== 'toJSON');
    const document = fc.dictionary(key, fc.oneof(fc.string(), fc.jsonValue()));
    await fc.assert(
      fc.asyncProperty(document, async (stored) => {
        const wanted: Readonly<Record<string, unknown>> = JSON.parse(JSON.stringify(stored));
        const fetchVersion = async () =>
          ({ versionId: 'v', createdAt: 0, labels: [], document: wanted }) as const;
        const these = await secretsIn(
          { env: {}, fetchVersion, source: 'env' },
          { secretId, schema: texts() },
        ).ready();
        for (const [name, value] of Object.entries(wanted)) {
          expect(these.get(name)).toEqual(value);
        }
      }),
    );
  });
});
