import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import {
  CreateScheduleCommand,
  GetScheduleCommand,
  SchedulerClient,
} from '@aws-sdk/client-scheduler';
import {
  DescribeSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it, test } from 'vitest';
import { createAwsEndpoint } from '../../../src/local/aws-endpoint.ts';
import { localRegion, type AwsService } from '../../../src/local/aws-service.ts';
import { createIam } from '../../../src/local/iam/create-iam.ts';
import { credentialsOf, guardedBy } from '../../../src/local/iam/guard.ts';
import { serveHttp, type HttpServer } from '../../../src/local/http-server.ts';
import { production } from '../../../src/local/stack/environments.ts';
import { deployedStack } from '../../../src/local/template/deployed-stack.ts';

const { secretArn, secretName, applicationRole, reconcileArn, stackName } = production;
const schedulerRole = `arn:aws:iam::000000000000:role/${stackName}-SchedulerRole`;

let server: HttpServer;

/** Whatever is let through is answered with nothing. */
const anything: AwsService = async () =>
  Response.json({}, { headers: { 'x-amzn-requestid': '1' } });

beforeAll(async () => {
  const iam = createIam();
  iam.deploy(
    deployedStack({
      name: stackName,
      parameters: { Environment: 'production', RotateTwilio: 'true' },
    }),
  );
  const known = { arn: secretArn, functionArn: undefined, kmsKeyArn: undefined };
  const guard = guardedBy(iam, {
    findSecret: (secretId) => ([secretArn, secretName].includes(secretId) ? known : undefined),
  });
  server = await serveHttp(createAwsEndpoint([anything], { guard }), {
    host: '127.0.0.1',
    port: 0,
  });
});
afterAll(() => server.close());

const config = (roleName: string) => ({
  endpoint: server.url,
  region: localRegion,
  credentials: credentialsOf(roleName),
  maxAttempts: 1,
});

test.each<[string, string, () => Promise<unknown>]>([
  [
    'Secrets Manager',
    'AccessDeniedException',
    () =>
      new SecretsManagerClient(config(applicationRole)).send(
        new DescribeSecretCommand({ SecretId: secretName }),
      ),
  ],
  [
    'RDS',
    'AccessDenied',
    () => new RDSClient(config(applicationRole)).send(new DescribeDBInstancesCommand({})),
  ],
  [
    'Scheduler',
    'AccessDeniedException',
    () =>
      new SchedulerClient(config(applicationRole)).send(
        new GetScheduleCommand({ Name: 'daily-reconcile', GroupName: stackName }),
      ),
  ],
  [
    'SQS',
    'AccessDeniedException',
    () =>
      new SQSClient({ ...config(applicationRole), useQueueUrlAsEndpoint: false }).send(
        new ReceiveMessageCommand({ QueueUrl: `${server.url}/000000000000/letters` }),
      ),
  ],
  [
    'Lambda',
    'AccessDeniedException',
    () =>
      new LambdaClient(config(applicationRole)).send(
        new InvokeCommand({ FunctionName: reconcileArn }),
      ),
  ],
])('%s refuses with %s, and says who may not do what', async (_service, name, send) => {
  await expect(send()).rejects.toMatchObject({
    name,
    message: expect.stringMatching(
      /^User: arn:aws:iam::000000000000:role\/keyturn-production-ApplicationPolicy is not authorized to perform: \w+:\w+ on resource: arn:aws:/,
    ),
  });
});

const signedFor = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=${applicationRole}/20260101/us-east-1/${service}/aws4_request`,
});

test.each([
  ['a service that is not here', 'foo', '/', { 'x-amz-target': 'secretsmanager.GetSecretValue' }],
  ['another service', 'sqs', '/', { 'x-amz-target': 'secretsmanager.GetSecretValue' }],
  ['a service without operations', 'sts', '/', {}],
  ['another service, to invoke', 'foo', `/2015-03-31/functions/${reconcileArn}/invocations`, {}],
  [
    'Secrets Manager, for no resource',
    'secretsmanager',
    '/',
    { 'x-amz-target': 'secretsmanager.GetRandomPassword' },
  ],
  [
    'Secrets Manager, for what there is not',
    'secretsmanager',
    '/',
    { 'x-amz-target': 'secretsmanager.Nothing' },
  ],
])('refuses a role whose request is signed for %s', async (_case, service, path, headers) => {
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { ...signedFor(service), ...headers },
    body: JSON.stringify({ SecretId: secretName }),
  });

  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    __type: expect.stringMatching(/AccessDeniedException$/),
  });
});

it('judges a schedule by the group that the service would take', async () => {
  const client = new SchedulerClient(config(`${stackName}-RotationRole`));
  const schedule = {
    Name: 'keyturn-1',
    ScheduleExpression: 'at(2030-01-01T00:00:00)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: { Arn: reconcileArn, RoleArn: schedulerRole },
  } as const;

  await expect(
    client.send(new CreateScheduleCommand({ ...schedule, GroupName: stackName })),
  ).resolves.toBeDefined();
  await expect(client.send(new CreateScheduleCommand(schedule))).rejects.toMatchObject({
    message: expect.stringContaining('schedule/default/keyturn-1'),
  });
  client.destroy();
});

it('holds nobody to a policy who has no role’s key', async () => {
  const client = new SecretsManagerClient(config('local'));
  const put = new PutSecretValueCommand({ SecretId: secretName, SecretString: 'x' });

  await expect(client.send(put)).resolves.toBeDefined();
});
