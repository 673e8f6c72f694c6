import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../src/rotation/errors.ts';
import { expectTold } from '../support/expect-told.ts';
import {
  read,
  key,
  twilio,
  database,
  role,
  pair,
  apiKey,
  entry,
  refusal,
} from './configuration-entries.ts';

const keyed = (secret: string, adminSecret: string) =>
  read([{ secret, keys: { DB_PASSWORD: { ...role, adminSecret } } }]);

describe('a configuration that is refused', () => {
  test.each<[string, unknown, ErrorCode, RegExp]>([
    ['is no list', {}, 'CONFIG_INVALID', /Array/],
    ['has an entry without a name', [entry({ secret: '' })], 'CONFIG_INVALID', /secret/],
    ['has an entry without keys', [{ secret: 'app' }], 'CONFIG_INVALID', /keys/],
    ['has an unknown field', [entry({ grace: '1h' })], 'CONFIG_INVALID', /grace/],
    ['has a key without a rotator', [entry({ keys: { A: {} } })], 'CONFIG_INVALID', /rotator/],
    [
      'has a derived key that is no function',
      [entry({ derived: { URL: 'x' } })],
      'CONFIG_INVALID',
      /function/,
    ],
    [
      'names an unknown rotator',
      [entry({ keys: { A: { rotator: 'magic' } } })],
      'UNKNOWN_ROTATOR',
      /"magic".*random-key, rds-master-password, twilio-auth-token/,
    ],
    [
      'has an unknown option',
      [entry({ keys: { A: { ...key, lenght: 64 } } })],
      'CONFIG_INVALID',
      /random-key for the key A of app\/production[^]*lenght/,
    ],
    [
      'has an option out of range',
      [entry({ keys: { A: { ...key, length: 8 } } })],
      'CONFIG_INVALID',
      /length/,
    ],
    [
      'names neither instance nor cluster',
      [entry({ keys: { A: { rotator: 'rds-master-password' } } })],
      'CONFIG_INVALID',
      /either an instance or a cluster/,
    ],
    [
      'names both',
      [entry({ keys: { A: { ...database, cluster: 'c' } } })],
      'CONFIG_INVALID',
      /either an instance or a cluster/,
    ],
    [
      'has an empty instance',
      [entry({ keys: { A: { ...database, instance: '' } } })],
      'CONFIG_INVALID',
      /instance/,
    ],
    [
      'has an unknown tls',
      [entry({ keys: { A: { ...database, tls: 'prefer' } } })],
      'CONFIG_INVALID',
      /tls/,
    ],
    [
      'has an unknown verify',
      [entry({ keys: { A: { ...database, verify: 'hope' } } })],
      'CONFIG_INVALID',
      /verify/,
    ],
    [
      'has a grace that is no duration',
      [entry({ keys: { A: { ...twilio, grace: 60 } } })],
      'CONFIG_INVALID',
      /grace/,
    ],
  ])('%s', (_, entries, code, words) => {
    const error = refusal(() => read(entries));

    expect(error.code).toBe(code);
    expect(error.message).toMatch(words);
    expect(error.retryable).toBe(false);
  });

  test.each<[string, string, object]>([
    ['a user under the password', 'K', { K: { ...role, user: undefined, userKey: 'K' } }],
    ['a host under the password', 'K', { K: { ...role, host: undefined, hostKey: 'K' } }],
    ['the user in use under the password', 'K', { K: { ...pair, userKey: 'K' } }],
    ['a SID under the secret of the key', 'K', { K: { ...apiKey, sidKey: 'K' } }],
    [
      'a user under the key of another rotator',
      'SECRET_KEY',
      { K: { ...role, user: undefined, userKey: 'SECRET_KEY' }, SECRET_KEY: key },
    ],
    [
      'a host under the fallbacks of another rotator',
      'SECRET_KEY_FALLBACKS',
      { K: { ...role, host: undefined, hostKey: 'SECRET_KEY_FALLBACKS' }, SECRET_KEY: key },
    ],
  ])('a secret cannot be told in messages: %s', (_, named, keys) => {
    const error = expectTold(
      refusal(() => read([entry({ keys })])),
      { code: 'CONFIG_INVALID' },
    );

    expect(error.key).toBe(named);
    expect(error.message).toContain(`the value of ${named} in messages`);
  });

  describe('an administrator in the secret that is rotated', () => {
    const arn = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:app/production-AbCdE1';
    test.each([
      ['by its name', 'app/production'],
      ['by its ARN', arn],
    ])('is refused %s', (_, adminSecret) => {
      const error = refusal(() => keyed('app/production', adminSecret));

      expect(expectTold(error, { code: 'CONFIG_INVALID' }).message).toMatch(
        /app\/production.*itself/,
      );
    });

    test('is refused where the pattern turns out to be that secret', () => {
      const configuration = keyed('app/*', arn);

      expect(refusal(() => configuration.planFor('app/production')).code).toBe('CONFIG_INVALID');
      expect(configuration.planFor('app/testing').rotators).toHaveLength(1);
    });

    test.each(['app/admin', 'app/production-admins', arn.replace('production', 'admin')])(
      'is another one in %s',
      (adminSecret) => {
        expect(() => keyed('app/production', adminSecret)).not.toThrow();
      },
    );
  });
});
