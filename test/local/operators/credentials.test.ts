import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { ListSubscriptionsByTopicCommand } from '@aws-sdk/client-sns';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import { production } from '../../../src/local/stack/environments.ts';
import { startOperators, userWith, type Operators } from './support.ts';

type Clients = ReturnType<Operators['as']>;

const expired = 'The security token included in the request is expired';
const unknown = 'The security token included in the request is invalid.';

const describing = ({ secrets }: Clients) =>
  secrets.send(new DescribeSecretCommand({ SecretId: production.secretName }));

const calls: readonly (readonly [
  string,
  (clients: Clients) => Promise<unknown>,
  string,
  string,
])[] = [
  ['Secrets Manager', describing, 'ExpiredTokenException', 'UnrecognizedClientException'],
  [
    'Lambda',
    ({ functions }) =>
      functions.send(new GetFunctionConfigurationCommand({ FunctionName: production.rotateArn })),
    'ExpiredTokenException',
    'UnrecognizedClientException',
  ],
  [
    'CloudWatch',
    ({ alarms }) => alarms.send(new DescribeAlarmsCommand({})),
    'ExpiredTokenException',
    'UnrecognizedClientException',
  ],
  [
    'STS',
    ({ sts }) => sts.send(new GetCallerIdentityCommand({})),
    'ExpiredToken',
    'InvalidClientTokenId',
  ],
  [
    'SNS',
    ({ topics }) => topics.send(new ListSubscriptionsByTopicCommand({ TopicArn: 'any' })),
    'ExpiredToken',
    'InvalidClientTokenId',
  ],
];

describe.each(calls)('%s', (_service, send, whenExpired, whenUnknown) => {
  test('refuses credentials that have expired, and such as AWS does not know', async () => {
    const { as } = await startOperators();

    await expect(send(as('EXPIRED123'))).rejects.toMatchObject({
      name: whenExpired,
      message: expired,
    });
    await expect(send(as('INVALID123'))).rejects.toMatchObject({
      name: whenUnknown,
      message: unknown,
    });
  });
});

describe('who calls is told by STS', () => {
  test('the owner', async () => {
    const { sts } = await startOperators();

    expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: '000000000000',
      Arn: 'arn:aws:iam::000000000000:user/local',
      UserId: expect.any(String),
    });
  });

  test.each([true, false])(
    'a role that is taken on (held to its policies: %s)',
    async (holdsRoles) => {
      const { as } = await startOperators({ holdsRoles });

      const { Arn } = await as(production.applicationRole).sts.send(
        new GetCallerIdentityCommand({}),
      );

      expect(Arn).toBe(
        'arn:aws:sts::000000000000:assumed-role/keyturn-production-ApplicationPolicy/local',
      );
    },
  );

  test('a user who may do nothing else', async () => {
    const started = await startOperators();
    const { sts, secrets } = started.as(await userWith(started, []));

    const { Arn } = await sts.send(new GetCallerIdentityCommand({}));

    expect(Arn).toBe('arn:aws:iam::000000000000:user/reader');
    await expect(
      secrets.send(new DescribeSecretCommand({ SecretId: production.secretName })),
    ).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});

test.each([
  ['Secrets Manager', { 'x-amz-target': 'secretsmanager.DescribeSecret' }, '{}', 400],
  ['CloudWatch', { 'x-amz-target': 'GraniteServiceVersion20100801.DescribeAlarms' }, '{}', 400],
  ['KMS', { 'x-amz-target': 'TrentService.DescribeKey' }, '{}', 400],
  ['STS', {}, new URLSearchParams({ Action: 'GetCallerIdentity', Version: '2011-06-15' }), 403],
  ['SNS', {}, new URLSearchParams({ Action: 'Subscribe', Version: '2010-03-31' }), 403],
  ['IAM', {}, new URLSearchParams({ Action: 'CreateUser', Version: '2010-05-08' }), 403],
])('%s takes nothing that is not signed', async (_service, headers, body, status) => {
  const { server } = await startOperators();

  const response = await fetch(server.url, { method: 'POST', headers, body });

  expect(response.status).toBe(status);
  expect(await response.text()).toContain('MissingAuthenticationToken');
});

test('Lambda takes nothing that is not signed', async () => {
  const { server } = await startOperators();

  const response = await fetch(
    `${server.url}/2015-03-31/functions/${production.rotateArn}/configuration`,
  );

  expect(response.status).toBe(403);
  expect(response.headers.get('x-amzn-errortype')).toBe('MissingAuthenticationTokenException');
});
