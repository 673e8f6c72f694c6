import { RotateSecretCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { production } from '../stack/environments.ts';
import type { Stack } from '../stack/stack.ts';

/** Turns rotation on, as in the console: the set-up is tried with testSecret alone. */
export async function turnOn(
  client: SecretsManagerClient,
  { secretsManager }: Pick<Stack, 'secretsManager'>,
): Promise<void> {
  await client.send(
    new RotateSecretCommand({
      SecretId: production.secretName,
      RotationLambdaARN: production.rotateArn,
      RotationRules: { ScheduleExpression: 'cron(0 3 1 * ? *)', Duration: '2h' },
      RotateImmediately: false,
    }),
  );
  await secretsManager.idle();
}
