import {
  AddPermissionCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  InvokeCommand,
  RemovePermissionCommand,
} from '@aws-sdk/client-lambda';
import { RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { production } from '../../../src/local/stack/environments.ts';
import { startOperators, type Operators } from './support.ts';

const { rotateArn, reconcileArn, secretArn, secretName, stackName } = production;
const FunctionName = `${stackName}-rotate`;

const rotation = { SecretId: secretName, RotationLambdaARN: rotateArn };
const refused = {
  name: 'AccessDeniedException',
  message:
    'Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.',
};

async function policyOf({ functions }: Operators, name: string): Promise<object> {
  const { Policy = '' } = await functions.send(new GetPolicyCommand({ FunctionName: name }));
  return JSON.parse(Policy);
}

const takeAway = ({ functions }: Operators) =>
  functions.send(new RemovePermissionCommand({ FunctionName, StatementId: 'RotationPermission' }));

describe('a function is told of as it was deployed', () => {
  test('by its name or ARN, with what it runs with', async () => {
    const { functions } = await startOperators();
    const told = {
      FunctionName,
      FunctionArn: rotateArn,
      Runtime: 'nodejs24.x',
      Timeout: 300,
      MemorySize: 512,
      Environment: { Variables: { KEYTURN_SECRET: 'the secret' } },
      LoggingConfig: { LogFormat: 'JSON', LogGroup: `/aws/lambda/${FunctionName}` },
      State: 'Active',
      LastUpdateStatus: 'Successful',
      LastModified: '2026-01-01T00:00:00.000+0000',
    };

    const byName = await functions.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const { Configuration } = await functions.send(
      new GetFunctionCommand({ FunctionName: rotateArn }),
    );

    expect(byName).toMatchObject(told);
    expect(byName.VpcConfig).toBeUndefined();
    expect(Configuration).toMatchObject(told);
  });

  test('with its network, where it has one', async () => {
    const parameters = { SubnetIds: 'subnet-1,subnet-2', SecurityGroupIds: 'sg-1' };
    const { functions } = await startOperators({ parameters });

    const { VpcConfig } = await functions.send(
      new GetFunctionConfigurationCommand({ FunctionName }),
    );

    expect(VpcConfig).toEqual({
      SubnetIds: ['subnet-1', 'subnet-2'],
      SecurityGroupIds: ['sg-1'],
    });
  });

  test.each([
    ['function', `${FunctionName}-gone`],
    ['policy', reconcileArn],
  ])('and refused where there is no such %s', async (_what, named) => {
    const { functions } = await startOperators();

    await expect(
      functions.send(new GetPolicyCommand({ FunctionName: named })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('the policy of a function', () => {
  test('is that of the template', async () => {
    const started = await startOperators();

    expect(await policyOf(started, FunctionName)).toMatchObject({
      Statement: [
        {
          Sid: 'RotationPermission',
          Effect: 'Allow',
          Principal: { Service: 'secretsmanager.amazonaws.com' },
          Action: 'lambda:InvokeFunction',
          Resource: rotateArn,
          Condition: {
            StringEquals: { 'aws:SourceAccount': '000000000000' },
            ArnLike: { 'aws:SourceArn': secretArn.replace(/.{6}$/, '??????') },
          },
        },
      ],
    });
  });

  test('lets Secrets Manager rotate, until its statement is taken away', async () => {
    const started = await startOperators();
    const { secrets, secretsManager } = started;
    await secrets.send(new RotateSecretCommand({ ...rotation, RotateImmediately: false }));
    await secretsManager.idle();

    await takeAway(started);

    await expect(secrets.send(new RotateSecretCommand(rotation))).rejects.toMatchObject(refused);
    await expect(policyOf(started, FunctionName)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  test('decides at each invocation, a scheduled one too', async () => {
    const started = await startOperators();
    const { clock, secrets, secretsManager } = started;
    const failures: unknown[] = [];
    secretsManager.behaviour.retryAttempts = 0;
    secretsManager.onEvent(({ type, error }) => error && failures.push([type, error]));
    const RotationRules = { ScheduleExpression: 'rate(4 hours)' };
    await secrets.send(
      new RotateSecretCommand({ ...rotation, RotationRules, RotateImmediately: false }),
    );
    await secretsManager.idle();

    await takeAway(started);
    await clock.advance(5 * 3_600_000);
    await secretsManager.idle();

    expect(failures).toEqual([['StepFailed', 'AccessDeniedException']]);
  });

  test('lets the owner invoke the function all the same', async () => {
    const started = await startOperators();
    await takeAway(started);

    const answer = await started.functions.send(new InvokeCommand({ FunctionName }));

    expect(answer).toMatchObject({ StatusCode: 200 });
  });

  test('takes a statement back that was taken away', async () => {
    const started = await startOperators();
    await takeAway(started);

    const { Statement = '' } = await started.functions.send(
      new AddPermissionCommand({
        FunctionName,
        StatementId: 'again',
        Action: 'lambda:InvokeFunction',
        Principal: 'secretsmanager.amazonaws.com',
        SourceAccount: '000000000000',
      }),
    );

    expect(JSON.parse(Statement)).toMatchObject({ Sid: 'again', Resource: rotateArn });
    await expect(started.secrets.send(new RotateSecretCommand(rotation))).resolves.toBeDefined();
  });

  test('refuses Secrets Manager where the statement is for another secret', async () => {
    const started = await startOperators();
    await takeAway(started);
    await started.functions.send(
      new AddPermissionCommand({
        FunctionName,
        StatementId: 'another',
        Action: 'lambda:InvokeFunction',
        Principal: 'secretsmanager.amazonaws.com',
        SourceArn: secretArn.replace('production', 'testing'),
      }),
    );

    await expect(started.secrets.send(new RotateSecretCommand(rotation))).rejects.toMatchObject(
      refused,
    );
  });

  test.each([
    ['a statement that is there', 'RotationPermission', 'ResourceConflictException'],
    ['one without a name', '', 'InvalidParameterValueException'],
  ])('does not take %s', async (_what, StatementId, name) => {
    const { functions } = await startOperators();
    const permission = { Action: 'lambda:InvokeFunction', Principal: 'events.amazonaws.com' };

    await expect(
      functions.send(new AddPermissionCommand({ FunctionName, StatementId, ...permission })),
    ).rejects.toMatchObject({ name });
  });

  test('has no statement to remove that is not in it', async () => {
    const { functions } = await startOperators();

    await expect(
      functions.send(new RemovePermissionCommand({ FunctionName, StatementId: 'nothing' })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
