import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
  type GetSecretValueResponse,
  type RotationRulesType,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { RotationError } from '../rotation/errors.ts';
import { SecretDocument } from '../rotation/secret-document.ts';
import { labels, type SecretStore, type SecretVersion } from '../rotation/secret-store.ts';
import { failure } from './failure.ts';

interface Opened {
  readonly client: SecretsManagerClient;
  readonly secretId: string;
  readonly signal: AbortSignal;
  /** Secrets Manager's proof that it started this rotation; passed on, never logged. */
  readonly rotationToken?: string | undefined;
}

const notFound = {
  ResourceNotFoundException: [
    'SECRET_NOT_FOUND',
    'There is no secret of that name or ARN in this region and account, or it is scheduled for deletion.',
  ],
} as const;

const swapRefused = {
  InvalidParameterException: ['CURRENT_CHANGED', 'Another change moved the label first.'],
  InvalidRequestException: ['CURRENT_CHANGED', 'Another change moved the label first.'],
} as const;

/** One secret in Secrets Manager, for one invocation. */
export function openSecret({ client, secretId, signal, rotationToken }: Opened): SecretStore {
  const options = { abortSignal: signal };

  async function valueOf({ versionId, label }: Parameters<SecretStore['read']>[0]) {
    const input = { SecretId: secretId, VersionId: versionId, VersionStage: label };
    try {
      return await client.send(new GetSecretValueCommand(input), options);
    } catch (error) {
      // A version that the rotation has made but not filled answers just like a missing one.
      if (named(error, 'ResourceNotFoundException')) return undefined;
      // So does a version that is there, and does not carry the label.
      if (versionId && label && named(error, 'InvalidRequestException')) return undefined;
      throw failure(error, { doing: 'Reading the secret', signal });
    }
  }

  return {
    async describe() {
      try {
        const found = await client.send(new DescribeSecretCommand({ SecretId: secretId }), options);
        return {
          arn: found.ARN ?? secretId,
          name: found.Name ?? secretId,
          rotationEnabled: found.RotationEnabled ?? false,
          lastRotatedAt: found.LastRotatedDate,
          schedule: found.RotationRules && {
            nextAt: found.NextRotationDate,
            everyDays: found.RotationRules.AutomaticallyAfterDays,
            windowMs: windowMsOf(found.RotationRules),
          },
          labelsOf: new Map(Object.entries(found.VersionIdsToStages ?? {})),
        };
      } catch (error) {
        throw failure(error, { doing: 'Describing the secret', signal, known: notFound });
      }
    },

    async read(at) {
      const value = await valueOf(at);
      return value && toVersion(value);
    },

    createdAt: async (at) => (await valueOf(at))?.CreatedDate,

    async putPending(token, document) {
      const input = {
        SecretId: secretId,
        ClientRequestToken: token,
        SecretString: document.text,
        VersionStages: [labels.pending, labels.made],
        ...(rotationToken && { RotationToken: rotationToken }),
      };
      try {
        await client.send(new PutSecretValueCommand(input), options);
        return 'stored';
      } catch (error) {
        if (named(error, 'ResourceExistsException')) return 'conflict';
        throw failure(error, { doing: 'Storing the pending value', signal, known: notFound });
      }
    },

    async moveLabel({ label, from, to }) {
      const input = {
        SecretId: secretId,
        VersionStage: label,
        ...(from && { RemoveFromVersionId: from }),
        ...(to && { MoveToVersionId: to }),
      };
      try {
        await client.send(new UpdateSecretVersionStageCommand(input), options);
      } catch (error) {
        throw failure(error, { doing: `Moving the label ${label}`, signal, known: swapRefused });
      }
    },
  };
}

function toVersion(answer: GetSecretValueResponse): SecretVersion {
  if (answer.SecretString === undefined) {
    throw new RotationError(
      'SECRET_NOT_JSON_OBJECT',
      'The secret holds binary data. Store it as one JSON object, such as {"DB_PASSWORD": "…"}, and ' +
        'rotate again.',
    );
  }
  return {
    versionId: answer.VersionId ?? '',
    createdAt: answer.CreatedDate ?? new Date(0),
    labels: answer.VersionStages ?? [],
    document: SecretDocument.parse(answer.SecretString),
  };
}

const hourMs = 3_600_000;

/** Without a duration a window closes at the end of its day at the latest. */
export function windowMsOf({ Duration }: RotationRulesType): number {
  const hours = /^(\d+)h$/.exec(Duration ?? '')?.[1] ?? 24;
  return Number(hours) * hourMs;
}

const named = (error: unknown, name: string) => error instanceof Error && error.name === name;
