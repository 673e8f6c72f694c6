import {
  PutSecretValueCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { SecretDocument } from '../../../rotation/secret-document.ts';
import { awsFailure } from '../../aws-failure.ts';
import { describeIfThere } from '../../described-secret.ts';
import { Failure } from '../../failure.ts';
import { createFirst, type Created } from '../create-first.ts';
import type { TargetSecret } from './target-secret.ts';

/** Holds a version that is being published: without a label it would be forgotten. */
const label = 'KEYTURN_INIT';

interface Request {
  readonly target: TargetSecret;
  readonly document: SecretDocument;
  /** Names the new version. */
  readonly token: string;
  /** Ends the calls. */
  readonly signal: AbortSignal;
}

/**
 * Publishes the whole value as a new version; or makes the secret with it. AWSCURRENT moves only from
 * the version that was read: what somebody stored meanwhile is never lost. Throws a Failure.
 */
export async function storeCredential(
  client: SecretsManagerClient,
  request: Request,
): Promise<Created> {
  const { target, document, token } = request;
  if (target.arn === undefined) {
    const wanted = document.keys;
    return createFirst(client, {
      options: { secret: target.name },
      document,
      wanted,
      token,
    });
  }
  await put(client, request);
  if (target.versionId !== undefined) await publish(client, request);
  return { arn: target.arn, versionId: token };
}

async function put(client: SecretsManagerClient, { target, document, token, signal }: Request) {
  const command = new PutSecretValueCommand({
    SecretId: target.name,
    ClientRequestToken: token,
    SecretString: document.text,
    ...(target.versionId !== undefined && { VersionStages: [label] }),
  });
  try {
    await client.send(command, { abortSignal: signal });
  } catch (error) {
    throw awsFailure(error, { doing: `Storing a new version of ${target.name}`, quoting: false });
  }
}

async function publish(client: SecretsManagerClient, attempt: Request): Promise<void> {
  const { target, token, signal } = attempt;
  const move = new UpdateSecretVersionStageCommand({
    SecretId: target.name,
    VersionStage: 'AWSCURRENT',
    MoveToVersionId: token,
    RemoveFromVersionId: target.versionId,
  });
  try {
    await client.send(move, { abortSignal: signal });
  } catch (error) {
    // A lost answer is no failure: the SDK sends again, and finds the label where it was to go.
    if (!(await isPublished(client, attempt))) throw notPublished(error, target.name);
  } finally {
    await takeOff(client, attempt);
  }
}

async function isPublished(client: SecretsManagerClient, { target, token, signal }: Request) {
  const found = await describeIfThere(client, target.name, signal).catch(() => undefined);
  return found?.versionAt('AWSCURRENT') === token;
}

/** What stays of a label that cannot be taken off harms nobody. */
async function takeOff(client: SecretsManagerClient, { target, token, signal }: Request) {
  const command = new UpdateSecretVersionStageCommand({
    SecretId: target.name,
    VersionStage: label,
    RemoveFromVersionId: token,
  });
  await client.send(command, { abortSignal: signal }).catch(() => undefined);
}

function notPublished(error: unknown, name: string): Failure {
  if (error instanceof Error && error.name === 'InvalidParameterException') {
    return new Failure(
      'CURRENT_CHANGED',
      `Somebody else changed ${name} meanwhile, and what they stored stays.`,
    );
  }
  return awsFailure(error, { doing: `Moving AWSCURRENT of ${name} to the new version` });
}
