import { RotateSecretCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { awsFailure, type Meaning } from '../aws-failure.ts';
import { Failure, Interrupted } from '../failure.ts';
import { describeSecret, pendingOf } from '../described-secret.ts';
import { DocumentedFailure } from '../documented-failure.ts';
import type { FoundSecret } from '../find-secret.ts';
import type { Begun } from './standing.ts';

export interface BegunRotation extends Begun {
  /** `already`: one was pending, and Secrets Manager tries that again instead of another. */
  readonly how: 'now' | 'already';
}

/**
 * Has Secrets Manager rotate a secret now, on the schedule and by the function that it has. The token
 * is ours, so that the version is known whatever becomes of the answer. Throws a Failure, and
 * Interrupted at the signal; where it may have begun all the same, they say so.
 */
export async function beginRotation(
  client: SecretsManagerClient,
  { arn, name, versionAt }: FoundSecret,
  signal: AbortSignal,
): Promise<BegunRotation> {
  const token = crypto.randomUUID();
  const currentBefore = versionAt('AWSCURRENT');
  try {
    const command = new RotateSecretCommand({ SecretId: arn, ClientRequestToken: token });
    await client.send(command, { abortSignal: signal });
    return { token, currentBefore, how: 'now' };
  } catch (error) {
    const pending = isAboutPrevious(error) && (await pendingNow(client, arn));
    if (pending) return { ...pending, how: 'already' };
    if (signal.aborted) throw interrupted(name, token);
    throw withoutAnswer(awsFailure(error, { doing: `Rotating ${name}`, known }), { name, token });
  }
}

const interrupted = (name: string, token: string) =>
  new Interrupted(
    'INTERRUPTED',
    `Interrupted before an answer came.\n${mayHaveBegun(name, token)}`,
  );

/** A refusal is an answer. */
function withoutAnswer(
  failure: Failure,
  { name, token }: { readonly name: string; readonly token: string },
): Failure {
  if (failure.code !== 'UNREACHABLE') return failure;
  const message = `${failure.message}\n${mayHaveBegun(name, token)}`;
  return new DocumentedFailure(failure.code, message, { secret: name, versionId: token });
}

const mayHaveBegun = (name: string, token: string) =>
  `The rotation may have begun all the same; its version would be ${token}.\nLook with keyturn status ${name}.`;

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
      `tries it again.\nSee how it stands with keyturn status, and end it with keyturn repair.`,
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
