import { paginateListSecrets, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { awsFailure } from '../aws-failure.ts';
import { Failure } from '../failure.ts';
import { inParallel } from './in-parallel.ts';
import type { Recognise } from './rotation-function.ts';

/** The secrets of the region that have a rotation function. */
export interface Rotated {
  /** ARNs of those that Keyturn rotates, and of those of which that could not be told. */
  readonly secrets: readonly string[];
  /** How many are rotated by something else. */
  readonly others: number;
}

/** Lists the secrets Keyturn rotates; no function is invoked. Throws a Failure. */
export async function rotatedSecrets(
  client: SecretsManagerClient,
  options: { readonly recognise: Recognise; readonly signal?: AbortSignal | undefined },
): Promise<Rotated> {
  const { recognise, signal } = options;
  const listed = await list(client, signal);
  const judged = await inParallel(listed, atOnce, async ({ arn, functionArn }) => ({
    arn,
    isForeign: await recognise(functionArn).then((isOurs) => !isOurs, unlessUnexpected),
  }));
  const secrets = judged.filter(({ isForeign }) => !isForeign).map(({ arn }) => arn);
  return { secrets, others: judged.length - secrets.length };
}

/** How many functions are asked for at the same time. */
const atOnce = 4;

/** What cannot be told is listed, and told at its secret. */
function unlessUnexpected(error: unknown): boolean {
  if (error instanceof Failure) return false;
  throw error;
}

/** Secrets Manager has no filter for rotation functions. */
async function list(client: SecretsManagerClient, signal: AbortSignal | undefined) {
  const found: { arn: string; functionArn: string }[] = [];
  try {
    const pages = paginateListSecrets(
      { client, pageSize: 100 },
      { IncludePlannedDeletion: true },
      signal && { abortSignal: signal },
    );
    for await (const { SecretList = [] } of pages) {
      for (const { ARN, RotationLambdaARN } of SecretList) {
        if (ARN && RotationLambdaARN) found.push({ arn: ARN, functionArn: RotationLambdaARN });
      }
    }
    return found.toSorted((a, b) => (a.arn < b.arn ? -1 : 1));
  } catch (error) {
    throw awsFailure(error, { doing: 'Listing the secrets of the region' });
  }
}
