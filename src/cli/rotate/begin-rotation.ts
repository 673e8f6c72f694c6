import { RotateSecretCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { awsFailure, type Meaning } from '../aws-failure.ts';
import { Failure } from '../failure.ts';
import { describeSecret, type FoundSecret } from '../find-secret.ts';
import { pendingOf, type Begun } from './standing.ts';

export interface BegunRotation extends Begun {
  /** `already`: one was pending, and Secrets Manager tries that again instead of another. */
  readonly how: 'now' | 'already';
}

/**
 * Has Secrets Manager rotate a secret now, on the schedule and by the function that it has. The token
 * is ours, so that the version is known whatever becomes of the answer. Throws a Failure.
 */
export async function beginRotation(
  client: SecretsManagerClient,
  { arn, name, versionAt }: FoundSecret,
): Promise<BegunRotation> {
  const token = crypto.randomUUID();
  const currentBefore = versionAt('AWSCURRENT');
  try {
    await client.send(new RotateSecretCommand({ SecretId: arn, ClientRequestToken: token }));
    return { token, currentBefore, how: 'now' };
  } catch (error) {
    const pending = isAboutPrevious(error) && (await pendingNow(client, arn));
    if (pending) return { ...pending, how: 'already' };
    throw awsFailure(error, { doing: `Rotating ${name}`, known });
  }
}

/** The service has no name of its own for it. */
const isAboutPrevious = (error: unknown) =>
  error instanceof Error &&
  error.name === 'InvalidRequestException' &&
  /previous rotation/i.test(error.message);

async function pendingNow(client: SecretsManagerClient, arn: string): Promise<Begun | undefined> {
  const secret = await describeSecret(client, arn);
  const token = pendingOf(secret);
  if (token === undefined) return undefined;
  if (!secret.rotationEnabled) throw neverReattempted(secret.name, token);
  return { token, currentBefore: secret.versionAt('AWSCURRENT') };
}

const neverReattempted = (name: string, token: string) =>
  new Failure(
    'ROTATION_IN_PROGRESS',
    `A rotation of ${name} is pending since before (${token}), and rotation is switched off, so nothing ` +
      `tries it again. See how it stands with keyturn status, and end it with keyturn repair.`,
  );

const known: Readonly<Record<string, Meaning>> = {
  InvalidRequestException: [
    'InvalidRequestException',
    'See how the secret stands: keyturn status, keyturn doctor.',
  ],
  AccessDeniedException: [
    'ACCESS_DENIED',
    'Whoever rotates needs secretsmanager:RotateSecret on the secret and lambda:InvokeFunction on its ' +
      'function (docs/operating.md); and the function must let Secrets Manager invoke it: keyturn doctor ' +
      'tells which it is.',
  ],
};
