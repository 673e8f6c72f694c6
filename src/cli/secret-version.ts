import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { awsFailure, type Meaning } from './aws-failure.ts';
import { Failure } from './failure.ts';
import { withSecretsManager } from './secrets-manager.ts';
import { parseExactly } from './parse-exactly.ts';
import { within } from '../app/within.ts';
import type { Stage } from './stages.ts';

/** The JSON object of a version, as it is stored; numbers may be such that only JSON tells. */
export type Document = Readonly<Record<string, unknown>>;

export interface SecretVersion {
  readonly versionId: string;
  readonly labels: readonly string[];
  readonly document: Document;
}

interface Wanted {
  readonly secret: string;
  readonly stage: Stage;
}

/** Reads the version that a label is on. Throws a Failure, also where there is none. */
export async function readVersion(wanted: Wanted): Promise<SecretVersion> {
  const found = await get(wanted);
  return {
    versionId: found.VersionId ?? '',
    labels: found.VersionStages ?? [],
    document: parse(found.SecretString, wanted),
  };
}

/** The same; `undefined` where the secret has no version with that label. */
export async function findVersion(wanted: Wanted): Promise<SecretVersion | undefined> {
  try {
    return await readVersion(wanted);
  } catch (error) {
    if (error instanceof Failure && error.code === notFound) return undefined;
    throw error;
  }
}

async function get({ secret, stage }: Wanted) {
  try {
    const command = new GetSecretValueCommand({ SecretId: secret, VersionStage: stage });
    return await withSecretsManager((client) =>
      within(10_000, (abortSignal) => client.send(command, { abortSignal })),
    );
  } catch (error) {
    throw awsFailure(error, { doing: `Reading ${stage} of the secret ${secret}`, known });
  }
}

const notFound = 'SECRET_NOT_FOUND';

const known: Readonly<Record<string, Meaning>> = {
  ResourceNotFoundException: [
    notFound,
    'Look at its name, whether this is the account and the region it is in, and which labels it has.',
  ],
  InvalidRequestException: [
    'SECRET_BEING_DELETED',
    'Restore it with aws secretsmanager restore-secret, or name another secret.',
  ],
  DecryptionFailure: [
    'KMS_KEY_UNUSABLE',
    'Look whether the key of KMS is enabled, and whether its policy lets you decrypt.',
  ],
};

/** What JSON.parse says of a text quotes it. */
function parse(text: string | undefined, { secret, stage }: Wanted): Document {
  try {
    const document = parseExactly(text ?? '');
    if (isObject(document)) return document;
  } catch {
    // It is said below.
  }
  throw new Failure(
    'SECRET_NOT_JSON_OBJECT',
    `${stage} of the secret ${secret} is no JSON object. Store one, as text, with a key for each value.`,
  );
}

const isObject = (value: unknown): value is Document =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
