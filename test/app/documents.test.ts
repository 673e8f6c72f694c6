import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { texts } from '../../src/app/schema.ts';
import { secretId, world } from './support.ts';

describe('a secret of another kind', () => {
  test('an empty object has no keys', async () => {
    const { secretsWith } = await world({ document: {} });
    const these = await secretsWith({ schema: texts() }).ready();
    expect(these.snapshot.document).toEqual({});
    expect(() => these.get('DB_PASSWORD')).toThrow('no value for DB_PASSWORD');
  });

  test('as large as Secrets Manager takes', async () => {
    const keys = Array.from({ length: 1_500 }, (_, number) => `KEY_${number}`);
    const document = Object.fromEntries(keys.map((key) => [key, `${key}-ü`.repeat(4)]));
    const { secretsWith } = await world({ document });
    const these = await secretsWith({ schema: texts(...keys) }).ready();
    expect(await these.getSecrets()).toEqual(document);
  });

  test('with values of every kind of JSON', async () => {
    const document = { N: null, F: false, Z: 0, E: '', O: {}, L: [null, [1]] };
    const { secretsWith } = await world({ document });
    const these = await secretsWith({ schema: texts() }).ready();
    expect(these.get('N')).toBeNull();
    expect(these.get('F')).toBe(false);
    expect(these.get('E')).toBe('');
    expect(these.get('L')).toEqual([null, [1]]);
    await expect(these.getSecret('N')).resolves.toBeUndefined();
    await expect(these.getSecret('F')).resolves.toBe('false');
    await expect(these.getSecret('Z')).resolves.toBe('0');
    await expect(these.getSecret('E')).resolves.toBe('');
    await expect(these.getSecret('O')).resolves.toBe('{}');
  });

  test('of bytes is refused, and none of it is told', async () => {
    const { secretsWith, admin } = await world();
    const SecretBinary = Buffer.from('{"DB_PASSWORD":"p1-in-bytes"}');
    await admin.send(new PutSecretValueCommand({ SecretId: secretId, SecretBinary }));
    const error = await secretsWith({ schema: texts() })
      .ready()
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'SECRET_INVALID' });
    expect(String(error)).toContain('is no JSON object. Store one, as text');
    expect(String(error)).not.toContain('p1-in-bytes');
  });
});
