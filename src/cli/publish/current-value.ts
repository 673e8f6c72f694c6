import { labels } from '../../rotation/secret-store.ts';
import { Failure } from '../failure.ts';
import { withSecretsManager } from '../secrets-manager.ts';
import { describeSecret, versionAt, type DescribedSecret } from './described-secret.ts';
import type { Held } from './judgement.ts';
import { readStored } from './stored-value.ts';

/**
 * The version under AWSCURRENT with its value, to make another of. Needs the permission to read
 * values. Throws a Failure, also where there is none.
 */
export const readCurrentValue = (secret: DescribedSecret): Promise<Held> =>
  withSecretsManager(async (client) => {
    const versionId = versionAt(secret, labels.current);
    const stored = versionId && (await readStored(client, { secret: secret.arn, versionId }));
    if (stored) return { versionId: stored.versionId, value: stored.value };
    throw new Failure(
      'NO_CURRENT_VERSION',
      `${secret.name} has no value under AWSCURRENT. Store a first one, as keyturn init says, or delete it ` +
        'and create it anew.',
    );
  });

/** The secret of a name or an ARN, values aside. Throws a Failure where it is not there or is going. */
export async function requireSecret(secretId: string): Promise<DescribedSecret> {
  const found = await withSecretsManager((client) => describeSecret(client, secretId));
  if (found && !found.deletedAt) return found;
  throw found ? beingDeleted(found) : missing(secretId);
}

export const missing = (secretId: string) =>
  new Failure(
    'SECRET_NOT_FOUND',
    `There is no secret ${secretId}. Look at its name, and whether this is the account and the region it is in.`,
  );

export const beingDeleted = ({ name }: DescribedSecret) =>
  new Failure(
    'SECRET_BEING_DELETED',
    `${name} is scheduled for deletion. Take it back first: aws secretsmanager restore-secret --secret-id ${name}`,
  );
