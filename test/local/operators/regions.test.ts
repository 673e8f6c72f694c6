import {
  CreateSecretCommand,
  DescribeSecretCommand,
  ListSecretsCommand,
} from '@aws-sdk/client-secrets-manager';
import { expect, test } from 'vitest';
import { production } from '../../../src/local/stack/environments.ts';
import { startOperators } from './support.ts';

const { secretArn, secretName } = production;
const notFound = {
  name: 'ResourceNotFoundException',
  message: "Secrets Manager can't find the specified secret.",
};

test.each([secretName, secretArn])('another region has no secret %s', async (SecretId) => {
  const { as } = await startOperators();
  const { secrets } = as('local', 'eu-west-1');

  await expect(secrets.send(new DescribeSecretCommand({ SecretId }))).rejects.toMatchObject(
    notFound,
  );
  expect(await secrets.send(new ListSecretsCommand({}))).toMatchObject({ SecretList: [] });
});

test('an ARN of another region names nothing in this one', async () => {
  const { secrets } = await startOperators();
  const SecretId = secretArn.replace('us-east-1', 'eu-west-1');

  await expect(secrets.send(new DescribeSecretCommand({ SecretId }))).rejects.toMatchObject(
    notFound,
  );
});

test('each region has its own secret of a name', async () => {
  const { as } = await startOperators();
  const { secrets } = as('local', 'eu-west-1');

  const { ARN } = await secrets.send(
    new CreateSecretCommand({ Name: secretName, SecretString: '{}' }),
  );

  expect(ARN).toMatch(/^arn:aws:secretsmanager:eu-west-1:000000000000:secret:/);
  expect(await secrets.send(new DescribeSecretCommand({ SecretId: secretName }))).toMatchObject({
    ARN,
  });
});
