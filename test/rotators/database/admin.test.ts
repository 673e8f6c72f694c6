import { describe, expect, test } from 'vitest';
import type { Credential } from '../../../src/rotation/rotator.ts';
import { SecretDocument } from '../../../src/rotation/secret-document.ts';
import { adminRejected, readAdmin } from '../../../src/rotators/database/admin.ts';
import type { AdminOptions } from '../../../src/rotators/database/connection-options.ts';
import { anyCall } from '../../support/calling.ts';

const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/admin-AbCdE1';
const stored = { username: 'admin', password: 'of-the-admin' };

/** The administrator of a secret that holds this. Withheld values are kept in `withheld`. */
function readFrom(
  value: object,
  { options = {}, credential = {} }: { options?: Partial<AdminOptions>; credential?: Credential },
) {
  const withheld: unknown[] = [];
  const asked: string[] = [];
  const admin = readAdmin(
    { ...anyCall(), credential, withhold: (each) => void withheld.push(each) },
    { adminSecret: arn, adminUserKey: 'username', adminPasswordKey: 'password', ...options },
    async (secretId) => {
      asked.push(secretId);
      return SecretDocument.parse(JSON.stringify(value));
    },
  );
  return { admin, withheld, asked };
}

test('there is none where no secret is configured, whatever the credential names', async () => {
  const { admin, asked } = readFrom(stored, {
    options: { adminSecret: undefined, adminSecretKey: 'masterarn' },
    credential: { masterarn: arn },
  });

  expect(await admin).toBeUndefined();
  expect(asked).toEqual([]);
});

test('he is read from the keys that AWS gives them, or others', async () => {
  const options = { adminUserKey: 'ADMIN', adminPasswordKey: 'ADMIN_PASSWORD' };

  expect(await readFrom(stored, {}).admin).toEqual({ user: 'admin', password: 'of-the-admin' });
  expect(await readFrom({ ADMIN: 'root', ADMIN_PASSWORD: 'p' }, { options }).admin).toEqual({
    user: 'root',
    password: 'p',
  });
});

test('all in his secret is withheld but his name and where the database is', async () => {
  const place = { engine: 'postgres', host: 'db.internal', port: 5432, dbname: 'shop', ssl: true };
  const { admin, withheld } = readFrom({ ...stored, ...place, token: 'another' }, {});

  await admin;

  expect(withheld).toEqual(['of-the-admin', 'another']);
});

test('his password is withheld, whatever its key is called', async () => {
  const { admin, withheld } = readFrom(
    { username: 'admin', host: 'kept-under-host' },
    { options: { adminPasswordKey: 'host' } },
  );

  await admin;

  expect(withheld).toEqual(['kept-under-host']);
});

test.each([
  ['no name', { password: 'p' }, 'username'],
  ['no password', { username: 'admin' }, 'password'],
  ['an empty password', { ...stored, password: '' }, 'password'],
  ['a password that is no text', { ...stored, password: 12_345_678 }, 'password'],
])('a secret with %s is refused, by the name of the key', async (_case, value, key) => {
  await expect(readFrom(value, {}).admin).rejects.toMatchObject({
    code: 'ADMIN_SECRET_UNUSABLE',
    message: expect.stringMatching(`shop/admin-\\?{6},.* under ${key}\\. Correct`),
  });
});

describe('where the credential itself names his secret', () => {
  const options = { adminSecretKey: 'masterarn' };

  test.each([
    ['as it is configured', arn, arn],
    ['by its name', arn, 'shop/admin'],
    ['by an ARN, configured by its name', 'shop/admin', arn],
    ['by its name, configured so', 'shop/admin', 'shop/admin'],
  ])('%s, he is read from the configured one', async (_case, adminSecret, masterarn) => {
    const { admin, asked } = readFrom(stored, {
      options: { ...options, adminSecret },
      credential: { masterarn },
    });

    expect(await admin).toMatchObject({ user: 'admin' });
    expect(asked).toEqual([adminSecret]);
  });

  test.each([
    ['another name', arn, 'shop/other'],
    ['an ARN without its end', arn, arn.slice(0, -7)],
    ['another ARN', arn, arn.replace('shop/admin', 'shop/other')],
    ['one of the same name that was made later', arn, arn.replace('AbCdE1', 'AbCdE2')],
    ['one of another region', arn, arn.replace('eu-west-1', 'us-east-1')],
    ['one of another account', arn, arn.replace('123456789012', '210987654321')],
    ['a name that begins with it', 'shop/admin', 'shop/admin-AbCdE1'],
    ['a longer name', 'shop/admin', arn.replace('shop/admin', 'shop/admin-of-all')],
    ['nothing', arn, ''],
    ['no text', arn, 7],
    ['null', arn, null],
  ])('as %s, it is refused and none is read', async (_case, adminSecret, masterarn) => {
    const { admin, asked } = readFrom(stored, {
      options: { ...options, adminSecret },
      credential: { masterarn },
    });

    await expect(admin).rejects.toMatchObject({
      code: 'ADMIN_SECRET_UNUSABLE',
      key: 'masterarn',
      message: expect.stringMatching(/^The key masterarn names another .*adminSecret.* Correct/),
    });
    expect(asked).toEqual([]);
  });

  test('a credential that names none is good', async () => {
    expect(await readFrom(stored, { options }).admin).toMatchObject({ user: 'admin' });
  });
});

test('a refused administrator is told by the name of his secret, and tried again', () => {
  const error = adminRejected({
    adminSecret: arn,
    adminUserKey: 'username',
    adminPasswordKey: 'password',
  });

  expect(error).toMatchObject({ code: 'ADMIN_REJECTED', retryable: true });
  expect(error.message).toMatch(/in the secret shop\/admin-\?{6}\. It may be rotating/);
});
