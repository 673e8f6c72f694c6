import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Variables } from '../../src/handlers/environment.ts';
import { wire } from '../../src/handlers/wiring.ts';
import { DrivenClock } from '../../src/local/driven-clock.ts';
import { clientConfig } from '../aws/answering.ts';
import { serveSqs } from '../local/sqs/serve-sqs.ts';
import { listeningLogger } from './support/lambda.ts';

afterEach(() => void vi.unstubAllEnvs());

/** A queue for dead letters, where clients of AWS's find it. */
async function queueServer() {
  const clock = new DrivenClock();
  return { clock, ...(await serveSqs(clock)) };
}

/** What the template declares for a production that rotates everything. */
const complete = {
  AWS_REGION: 'eu-west-1',
  KEYTURN_SECRET: 'shop/production',
  KEYTURN_DB_INSTANCE: 'shop-production',
  KEYTURN_GRANTS: 'rds:instance/shop-production',
  KEYTURN_RECONCILE_ARN: 'arn:aws:lambda:eu-west-1:123456789012:function:reconcile',
  KEYTURN_ROTATE_TWILIO: 'true',
  KEYTURN_SCHEDULE_GROUP: 'keyturn',
  KEYTURN_SCHEDULER_ROLE_ARN: 'arn:aws:iam::123456789012:role/scheduler',
} as const;

const endpoint = 'rds-endpoint:instance/shop-production';
const adminArn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/admin-AbCdEf';

const alternating = {
  KEYTURN_DB_ROTATOR: 'postgres-alternating',
  KEYTURN_DB_USERS: 'app_a,app_b',
  KEYTURN_DB_ADMIN_SECRET: adminArn,
  KEYTURN_GRANTS: `${endpoint} secret:${adminArn}`,
};

const wireWith = (variables: Variables) =>
  wire({ variables, logger: listeningLogger().logger, clock: new DrivenClock() });

const keysOf = (variables: Variables) =>
  wireWith(variables)
    .configuration.planFor('shop/production')
    .rotators.map(({ key }) => key);

test('a grace may last until the next rotation can come', () => {
  const variables = { KEYTURN_SCHEDULE: 'cron(0 3 * * ? *)', KEYTURN_SCHEDULE_DURATION: '3h' };

  expect(keysOf({ ...complete, ...variables, KEYTURN_TWILIO_GRACE: '20h' })).toContain(
    'TWILIO_AUTH_TOKEN',
  );
});

describe('the configuration is a function of the environment', () => {
  test('with everything declared every key is rotated', () => {
    expect(keysOf(complete)).toEqual(['SECRET_KEY', 'DB_PASSWORD', 'TWILIO_AUTH_TOKEN']);
  });

  test('the template declares what is unset as empty', () => {
    const bare = Object.fromEntries(Object.keys(complete).map((name) => [name, '']));
    expect(keysOf({ ...bare, KEYTURN_SECRET: 'shop/production' })).toEqual(['SECRET_KEY']);
  });

  test('one that books nothing needs no scheduler', () => {
    expect(keysOf({ KEYTURN_SECRET: 'shop/production' })).toEqual(['SECRET_KEY']);
  });

  test('a cluster in the place of an instance', () => {
    const { KEYTURN_DB_INSTANCE: _, ...rest } = complete;
    const grants = { KEYTURN_DB_CLUSTER: 'shop', KEYTURN_GRANTS: 'rds:cluster/shop' };
    expect(keysOf({ ...rest, ...grants })).toContain('DB_PASSWORD');
  });

  test.each([
    ['of a user, where RDS says', { KEYTURN_GRANTS: endpoint }],
    [
      'of a user, at a host',
      { KEYTURN_DB_INSTANCE: '', KEYTURN_DB_HOST: 'db', KEYTURN_GRANTS: '' },
    ],
    ['of a user, where the secret says', { KEYTURN_DB_INSTANCE: '', KEYTURN_GRANTS: '' }],
    [
      'of a user, by an administrator',
      { KEYTURN_DB_ADMIN_SECRET: adminArn, KEYTURN_GRANTS: `${endpoint} secret:${adminArn}` },
    ],
  ])('the password %s', (_case, variables) => {
    const user = { KEYTURN_DB_ROTATOR: 'postgres-password', KEYTURN_DB_USER: 'app' };

    expect(keysOf({ ...complete, ...user, ...variables })).toContain('DB_PASSWORD');
  });
});

describe('what does not fit together fails when the function starts', () => {
  test.each<{ what: string; variables: Variables; code: string; names: string }>([
    {
      what: 'a grant that is missing',
      variables: { KEYTURN_GRANTS: '' },
      code: 'CONFIG_MISMATCH',
      names: 'rds:instance/shop-production',
    },
    {
      what: 'a grant for another database',
      variables: { KEYTURN_GRANTS: 'rds:instance/other' },
      code: 'CONFIG_MISMATCH',
      names: 'rds:instance/shop-production',
    },
    {
      what: 'a grant that nothing needs',
      variables: { KEYTURN_GRANTS: 'rds:instance/shop-production rds:cluster/other' },
      code: 'CONFIG_MISMATCH',
      names: 'rds:cluster/other',
    },
    {
      what: 'a grant for a database that is not rotated',
      variables: { KEYTURN_DB_INSTANCE: '' },
      code: 'CONFIG_MISMATCH',
      names: 'rds:instance/shop-production',
    },
    {
      what: 'an endpoint that may not be asked for',
      variables: { KEYTURN_DB_ROTATOR: 'postgres-password' },
      code: 'CONFIG_MISMATCH',
      names: `it needs ${endpoint}, which is not granted`,
    },
    {
      what: 'a master password that may not be changed',
      variables: { KEYTURN_GRANTS: endpoint },
      code: 'CONFIG_MISMATCH',
      names: 'it needs rds:instance/shop-production, which is not granted',
    },
    {
      what: 'an administrator whose secret may not be read',
      variables: {
        KEYTURN_DB_ROTATOR: 'postgres-password',
        KEYTURN_DB_ADMIN_SECRET: adminArn,
        KEYTURN_GRANTS: endpoint,
      },
      code: 'CONFIG_MISMATCH',
      names: `it needs secret:${adminArn}, which is not granted`,
    },
    {
      what: 'an administrator by another id than the granted one',
      variables: {
        KEYTURN_DB_ROTATOR: 'postgres-password',
        KEYTURN_DB_ADMIN_SECRET: 'shop/admin',
        KEYTURN_GRANTS: `${endpoint} secret:${adminArn}`,
      },
      code: 'CONFIG_MISMATCH',
      names: 'it needs secret:shop/admin, which is not granted',
    },
    {
      what: 'a secret of an administrator that nothing reads',
      variables: { KEYTURN_GRANTS: `rds:instance/shop-production secret:${adminArn}` },
      code: 'CONFIG_MISMATCH',
      names: `secret:${adminArn} is granted, and it does not need that`,
    },
    ...['KEYTURN_SCHEDULE_GROUP', 'KEYTURN_SCHEDULER_ROLE_ARN', 'KEYTURN_RECONCILE_ARN'].map(
      (name) => ({
        what: `${name} that is not set`,
        variables: { [name]: '' },
        code: 'CONFIG_MISMATCH',
        names: name,
      }),
    ),
    ...[
      ['KEYTURN_DEAD_LETTER_ARN', 'arn:aws:sqs:eu-west-1:123456789012:failed', '_URL is not set'],
      ['KEYTURN_DEAD_LETTER_URL', 'https://sqs.test/123456789012/failed', '_ARN is not set'],
    ].map(([name = '', value, names = '']) => ({
      what: `a queue for dead letters that only ${name} names`,
      variables: { [name]: value },
      code: 'CONFIG_MISMATCH',
      names,
    })),
    {
      what: 'a grace shorter than can be kept',
      variables: { KEYTURN_TWILIO_GRACE: '119s' },
      code: 'CONFIG_INVALID',
      names: '119 s',
    },
    {
      what: 'a grace that reaches into the next rotation',
      variables: {
        KEYTURN_TWILIO_GRACE: '21h',
        KEYTURN_SCHEDULE: 'cron(0 3 * * ? *)',
        KEYTURN_SCHEDULE_DURATION: '3h',
      },
      code: 'CONFIG_INVALID',
      names: '75600 s',
    },
    {
      what: 'a grace that is no time',
      variables: { KEYTURN_TWILIO_GRACE: 'a while' },
      code: 'CONFIG_INVALID',
      names: 'TWILIO_AUTH_TOKEN',
    },
    {
      what: 'a minimum that is no time',
      variables: { KEYTURN_MINIMUM_GRACE: '2 minutes' },
      code: 'CONFIG_INVALID',
      names: 'KEYTURN_MINIMUM_GRACE',
    },
    ...[
      ['KEYTURN_ROTATE_TWILIO', 'TRUE'],
      ['KEYTURN_ROTATE_TWILIO_API_KEY', 'yes'],
      ['KEYTURN_DB_VERIFY', 'Describe'],
      ['KEYTURN_DB_ROTATOR', 'postgres'],
      ['KEYTURN_DB_PASSWORDS', 'both'],
      ['KEYTURN_DB_TLS', 'no'],
      ['AWS_ENDPOINT_URL', 'localhost:4566 '],
      ['KEYTURN_DEAD_LETTER_URL', 'arn:aws:sqs:eu-west-1:123456789012:failed'],
      ['TWILIO_BASE_URL', 'not a url'],
    ].map(([name = '', value]) => ({
      what: `${name} set to "${value}"`,
      variables: { [name]: value },
      code: 'CONFIG_INVALID',
      names: name,
    })),
    ...[
      { what: 'one user where two take turns', KEYTURN_DB_USERS: 'app_a', names: 'two roles' },
      { what: 'three users where two do', KEYTURN_DB_USERS: 'a,b,c', names: 'two roles' },
      { what: 'two users that are one', KEYTURN_DB_USERS: 'a,a', names: 'two different users' },
      { what: 'nobody who changes the two', KEYTURN_DB_ADMIN_SECRET: '', names: 'adminSecret' },
      { what: 'a port that is none', KEYTURN_DB_PORT: '5432x', names: 'port' },
      { what: 'a grace of a password that is no time', KEYTURN_DB_GRACE: 'a day', names: 'grace' },
    ].map(({ what, names, ...variables }) => ({
      what,
      variables: { ...alternating, ...variables },
      code: 'CONFIG_INVALID',
      names,
    })),
    {
      what: 'an instance and a cluster',
      variables: { KEYTURN_DB_CLUSTER: 'shop' },
      code: 'CONFIG_INVALID',
      names: 'DB_PASSWORD',
    },
  ])('$what: $code', ({ variables, code, names }) => {
    expect(() => wireWith({ ...complete, ...variables })).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(names) }),
    );
  });

  test('a grace of just the minimum is kept', () => {
    expect(keysOf({ ...complete, KEYTURN_TWILIO_GRACE: '2m' })).toContain('TWILIO_AUTH_TOKEN');
  });
});

describe('dead letters', () => {
  test('are taken up again where there is a queue for them, and only there', async () => {
    const { clock, queue, queueUrl, url } = await queueServer();
    const queued = {
      AWS_ENDPOINT_URL: url,
      KEYTURN_DEAD_LETTER_ARN: queue.arn,
      KEYTURN_DEAD_LETTER_URL: queueUrl.replace(url, 'https://sqs.eu-west-1.amazonaws.com'),
    };
    queue.send({ body: '{"secret": "shop"}' });
    const { deadLetters } = wire({
      variables: { ...complete, ...queued },
      logger: listeningLogger().logger,
      clock,
      clientConfig: { ...clientConfig, endpoint: url },
    });

    const { signal } = new AbortController();
    const taken = await deadLetters?.({ signal, livesForMs: () => 300_000 }).take();

    expect(taken).toMatchObject([{ event: { secret: 'shop' } }]);
    expect(wireWith(complete).deadLetters).toBeUndefined();
  });
});

test.each([
  { file: 'rotate-secret', load: () => import('../../src/handlers/rotate-secret.ts') },
  { file: 'reconcile-secret', load: () => import('../../src/handlers/reconcile-secret.ts') },
])('$file cannot be loaded where it could not work', async ({ load }) => {
  vi.stubEnv('KEYTURN_GRANTS', 'rds:instance/nobody-rotates-it');

  await expect(load()).rejects.toMatchObject({ code: 'CONFIG_MISMATCH' });
  vi.stubEnv('KEYTURN_GRANTS', '');
  vi.resetModules();
  expect(await load()).toHaveProperty('handler');
});
