import { randomUUID } from 'node:crypto';
import { CreateSecretCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SecretDocument } from '../../rotation/secret-document.ts';
import { awsFailure, type Meaning } from '../aws-failure.ts';
import { Failure } from '../failure.ts';
import { hearingSignals } from '../signals.ts';
import { findByName, whyNotMade } from './existing-secret.ts';
import { delayed, InterruptedAfter, interruptedWithout, patience } from './interrupted-creation.ts';
import type { InitOptions } from './options.ts';

interface Request {
  readonly options: Pick<InitOptions, 'secret' | 'description' | 'kmsKey'>;
  readonly document: SecretDocument;
  /** The keys to name, should somebody else have made the secret meanwhile. */
  readonly wanted: readonly string[];
  /** Names the version. Default: a random one. */
  readonly token?: string;
}

export interface Created {
  readonly arn: string;
  readonly versionId: string;
}

/**
 * Makes the secret with its first version. An answer that got lost is looked up by the token, so
 * that what was made counts as made. A signal meanwhile ends it in seconds, with an Interrupted that
 * says what came of it. Throws a Failure; never changes a secret that exists.
 */
export const createFirst = (client: SecretsManagerClient, request: Request): Promise<Created> =>
  hearingSignals(async ({ signal }) => {
    const attempt = { token: randomUUID(), ...request, client, signal };
    const created = await create(attempt);
    if (signal.aborted) throw new InterruptedAfter(request.options.secret, created);
    return created;
  });

interface Attempt extends Request {
  readonly client: SecretsManagerClient;
  readonly token: string;
  /** Aborted by a signal of the system, after which nobody waits for long. */
  readonly signal: AbortSignal;
}

async function create(attempt: Attempt): Promise<Created> {
  const { client, options, document, token, signal } = attempt;
  const input = {
    Name: options.secret,
    ClientRequestToken: token,
    SecretString: document.text,
    ...(options.description !== undefined && { Description: options.description }),
    ...(options.kmsKey !== undefined && { KmsKeyId: options.kmsKey }),
  };
  const abortSignal = delayed(signal, patience.creation);
  try {
    const sent = client.send(new CreateSecretCommand(input), { abortSignal });
    const { ARN: arn = options.secret } = await sent;
    return { arn, versionId: token };
  } catch (error) {
    return whatIsThere(attempt, notMade(error, options.secret));
  }
}

/** What we made ourselves; throws the refusal that belongs to somebody else's secret, or the failure. */
async function whatIsThere(attempt: Attempt, failure: Failure): Promise<Created> {
  const { client, options, wanted, token, signal } = attempt;
  const isUncertain = failure.code === 'UNREACHABLE';
  const lookup = findByName(client, options.secret, delayed(signal, patience.lookup));
  // Where this fails too, the first error tells more.
  const found = await lookup.catch(() => 'unknown' as const);
  if (found === 'unknown' || found === undefined) {
    throw signal.aborted && isUncertain ? interruptedWithout(options.secret, found) : failure;
  }
  const ours = Object.hasOwn(found.VersionIdsToStages ?? {}, token);
  if (ours) return { arn: found.ARN ?? options.secret, versionId: token };
  throw await whyNotMade(client, found, wanted);
}

function notMade(error: unknown, name: string): Failure {
  const failure = awsFailure(error, {
    doing: `Creating the secret ${name}`,
    quoting: false,
    known,
  });
  if (failure.code !== 'UNREACHABLE') return failure;
  return new Failure(
    failure.code,
    `${failure.message} Whether it was made is not known: the next run finds it out, and changes nothing ` +
      'then.',
  );
}

const key: Meaning = [
  'KMS_KEY_UNUSABLE',
  'The secret cannot be encrypted with that key: look at its region and state, and whether its policy ' +
    'lets you use it (kms:GenerateDataKey, kms:Decrypt).',
];

const known: Readonly<Record<string, Meaning>> = {
  AccessDeniedException: [
    'ACCESS_DENIED',
    'It takes secretsmanager:CreateSecret on that name, and with --kms-key kms:GenerateDataKey and ' +
      'kms:Decrypt on the key. Look whether this is the account and the region you mean.',
  ],
  DecryptionFailure: key,
  EncryptionFailure: key,
  ResourceExistsException: [
    'SECRET_EXISTS',
    'Somebody made a secret of that name just now. Run the same command again to see what it lacks.',
  ],
  // The key: the secret is what is being made.
  ResourceNotFoundException: key,
  InvalidRequestException: [
    'SECRET_BEING_DELETED',
    'A secret of that name is probably just being deleted. Run the same command again in a few minutes, ' +
      'or choose another name.',
  ],
  LimitExceededException: [
    'LimitExceededException',
    'The account holds as many secrets as it may in this region. Have that quota raised.',
  ],
};
