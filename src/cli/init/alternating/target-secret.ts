import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { RotationError } from '../../../rotation/errors.ts';
import { SecretDocument } from '../../../rotation/secret-document.ts';
import { awsFailure } from '../../aws-failure.ts';
import { describeIfThere } from '../../described-secret.ts';
import { Failure } from '../../failure.ts';
import { assertNotDeleted } from '../../find-secret.ts';

/** The secret that is to name the role: as it is, or yet to be made. */
export interface TargetSecret {
  readonly name: string;
  /** `undefined` where there is no secret of that name. */
  readonly arn: string | undefined;
  /** The version under AWSCURRENT; `undefined` where none has a value. */
  readonly versionId: string | undefined;
  readonly document: SecretDocument;
  readonly isRotated: boolean;
}

/** Throws a Failure where a secret of that name cannot take a new version now. */
export async function targetSecret(
  client: SecretsManagerClient,
  name: string,
): Promise<TargetSecret> {
  const found = await describeIfThere(client, name);
  const empty = SecretDocument.parse('{}');
  if (!found) {
    return { name, arn: undefined, versionId: undefined, document: empty, isRotated: false };
  }
  assertNotDeleted(found);
  const { arn, versionAt, rotationEnabled: isRotated } = found;
  const [current, pending] = [versionAt('AWSCURRENT'), versionAt('AWSPENDING')];
  if (pending !== undefined && pending !== current) throw beingRotated(name);
  const read = current === undefined ? undefined : await readCurrent(client, name);
  return { name, arn, versionId: undefined, document: empty, isRotated, ...read };
}

/** What the secret has under a key; empty where that is no text. */
export function textIn({ document }: TargetSecret, key: string): string {
  const value = document.get(key);
  return typeof value === 'string' ? value : '';
}

/** Whether a version was published; also where it was superseded since. Throws a Failure. */
export async function wasPublished(
  client: SecretsManagerClient,
  name: string,
  token: string,
): Promise<boolean> {
  const found = await describeIfThere(client, name);
  const labels = found?.labelsOf.get(token) ?? [];
  return labels.includes('AWSCURRENT') || labels.includes('AWSPREVIOUS');
}

async function readCurrent(client: SecretsManagerClient, name: string) {
  try {
    const read = await client.send(new GetSecretValueCommand({ SecretId: name }));
    return { versionId: read.VersionId, document: SecretDocument.parse(read.SecretString ?? '') };
  } catch (error) {
    if (error instanceof RotationError) throw notAnObject(name, error.code);
    throw awsFailure(error, { doing: `Reading the secret ${name}` });
  }
}

const beingRotated = (name: string) =>
  new Failure(
    'ROTATION_IN_PROGRESS',
    `A rotation of ${name} is under way (AWSPENDING). Nothing was changed. Run the same command again when it ` +
      'is over, or cancel it: aws secretsmanager cancel-rotate-secret --secret-id ' +
      `${name}.`,
  );

const notAnObject = (name: string, code: string) =>
  new Failure(
    code,
    `The value of ${name} is not one JSON object, in which no key stands twice. Nothing was changed. Store it ` +
      'as one, then run the same command again.',
  );
