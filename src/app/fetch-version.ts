import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { fetchError } from './failure-kind.ts';
import { SecretsError } from './secrets-error.ts';
import type { Stage } from './snapshot.ts';
import { within } from './within.ts';

/** A version as Secrets Manager answered it. */
export interface FetchedVersion {
  readonly versionId: string;
  readonly createdAt: number | undefined;
  readonly labels: readonly string[];
  readonly document: Readonly<Record<string, unknown>>;
}

/**
 * Reads the version under a label, by one GetSecretValue. Answers `undefined` where no version has
 * that label, AWSCURRENT apart. Throws a SecretsError; may run again and again.
 */
export type FetchVersion = (stage: Stage) => Promise<FetchedVersion | undefined>;

export interface Connection {
  /** The name or ARN. */
  readonly secretId: string;
  /** Absent: from where every client of AWS's takes it. */
  readonly region?: string | undefined;
  /** A client of the application's own, with limits of its own. */
  readonly client?: Pick<SecretsManagerClient, 'send'> | undefined;
}

/** Of one read, its retries included, in ms. */
export const deadline = 10_000;

/** The SDK alone would wait for an answer for ever. In ms. */
const requestHandler = {
  connectionTimeout: 1_000,
  requestTimeout: 3_000,
  throwOnRequestTimeout: true,
};

/** Loads the SDK with the first read. */
export function fetchFrom({ secretId, region, client }: Connection): FetchVersion {
  let opened: Promise<Pick<SecretsManagerClient, 'send'>> | undefined;

  async function open() {
    if (client) return client;
    const { SecretsManagerClient: Client } = await import('@aws-sdk/client-secrets-manager');
    return new Client({ maxAttempts: 3, requestHandler, ...(region && { region }) });
  }

  async function send(stage: Stage, abortSignal: AbortSignal) {
    opened ??= open();
    const [sender, { GetSecretValueCommand }] = await Promise.all([
      opened.catch((error: unknown) => {
        opened = undefined;
        throw error;
      }),
      import('@aws-sdk/client-secrets-manager'),
    ]);
    const input = { SecretId: secretId, VersionStage: stage };
    return sender.send(new GetSecretValueCommand(input), { abortSignal });
  }

  return async function fetchVersion(stage) {
    try {
      const answer = await within(deadline, (abortSignal) => send(stage, abortSignal));
      return {
        versionId: answer.VersionId ?? '',
        createdAt: answer.CreatedDate?.getTime(),
        labels: answer.VersionStages ?? [],
        document: parsed(answer.SecretString, secretId),
      };
    } catch (error) {
      if (stage !== 'AWSCURRENT' && isNotFound(error)) return undefined;
      throw fetchError(error, secretId);
    }
  };
}

const isNotFound = (error: unknown) =>
  error instanceof Error && error.name === 'ResourceNotFoundException';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What JSON.parse says of a text quotes it. */
function parsed(text: string | undefined, secretId: string): Readonly<Record<string, unknown>> {
  try {
    const document: unknown = JSON.parse(text ?? '');
    if (isObject(document)) return document;
  } catch {
    // It is said below.
  }
  throw new SecretsError(
    'SECRET_INVALID',
    `The secret ${secretId} is no JSON object. Store one, as text, with a key for each credential.`,
  );
}
