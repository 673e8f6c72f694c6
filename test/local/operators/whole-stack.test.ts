import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  RemovePermissionCommand,
} from '@aws-sdk/client-lambda';
import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import {
  DeleteResourcePolicyCommand,
  PutResourcePolicyCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { ListSubscriptionsByTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { realClock } from '../../../src/local/clock.ts';
import { development, production } from '../../../src/local/stack/environments.ts';
import { startStack, type Stack } from '../../../src/local/stack/stack.ts';

const { rotateArn, secretName: SecretId, stackName } = production;
const roleArn = `arn:aws:iam::000000000000:role/${stackName}-RotationRole`;

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ clock: realClock, grace: '60s' });
  stack.secretsManager.behaviour.retryAttempts = 0;
}, 120_000);
afterAll(() => stack.stop());

test('answers what an operator asks of a healthy set-up', async () => {
  const { clientConfig } = stack;

  const [caller, configured, alarms, schedule, subscribed] = await Promise.all([
    new STSClient(clientConfig).send(new GetCallerIdentityCommand({})),
    new LambdaClient(clientConfig).send(
      new GetFunctionConfigurationCommand({ FunctionName: rotateArn }),
    ),
    new CloudWatchClient(clientConfig).send(
      new DescribeAlarmsCommand({ AlarmNamePrefix: `${stackName}-` }),
    ),
    new SchedulerClient(clientConfig).send(
      new GetScheduleCommand({ Name: 'daily-reconcile', GroupName: stackName }),
    ),
    new SNSClient(clientConfig).send(
      new ListSubscriptionsByTopicCommand({
        TopicArn: `arn:aws:sns:us-east-1:000000000000:${development.stackName}-alarms`,
      }),
    ),
  ]);

  expect(caller.Account).toBe('000000000000');
  expect(configured.Environment?.Variables).toMatchObject({
    KEYTURN_SECRET: SecretId,
    KEYTURN_GRANTS: `rds:instance/${production.dbInstance}`,
    AWS_ENDPOINT_URL: stack.awsUrl,
  });
  expect(alarms.MetricAlarms).toHaveLength(8);
  expect(schedule).toMatchObject({ State: 'ENABLED', Target: { Arn: production.reconcileArn } });
  expect(subscribed.Subscriptions ?? []).toEqual([]);
});

test('a rotation fails while the secret’s policy denies the function, and passes after', async () => {
  const client = new SecretsManagerClient(stack.clientConfig);
  const outcomes: string[] = [];
  const end = stack.secretsManager.onEvent(({ type }) => outcomes.push(type));
  const ResourcePolicy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Deny',
        Principal: { AWS: roleArn },
        Action: 'secretsmanager:GetSecretValue',
        Resource: '*',
      },
    ],
  });
  const rotate = async () => {
    await client.send(new RotateSecretCommand({ SecretId, RotationLambdaARN: rotateArn }));
    await stack.secretsManager.idle();
    return outcomes.at(-1);
  };

  await client.send(new PutResourcePolicyCommand({ SecretId, ResourcePolicy }));
  expect(await rotate()).toBe('RotationFailed');
  await client.send(new DeleteResourcePolicyCommand({ SecretId }));
  await expect(rotate()).rejects.toMatchObject({ name: 'InvalidRequestException' });
  await stack.secretsManager.idle();
  expect(outcomes.at(-1)).toBe('RotationSucceeded');

  end();
  client.destroy();
});

test('no rotation begins once Secrets Manager may not invoke the function', async () => {
  const client = new SecretsManagerClient(stack.clientConfig);
  await new LambdaClient(stack.clientConfig).send(
    new RemovePermissionCommand({ FunctionName: rotateArn, StatementId: 'RotationPermission' }),
  );

  await expect(client.send(new RotateSecretCommand({ SecretId }))).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining('Secrets Manager cannot invoke the specified Lambda function'),
  });
  client.destroy();
});
