import { describeSecret, type DescribedSecret } from './described-secret.ts';
import { Failure } from './failure.ts';
import { withSecretsManager } from './secrets-manager.ts';

/** A secret, and what rotates it. */
export interface FoundSecret extends DescribedSecret {
  readonly functionArn: string;
}

/** Throws a Failure where there is no such secret, it is being deleted, or no function rotates it. */
export async function findSecret(secretId: string): Promise<FoundSecret> {
  const found = await requireSecret(secretId);
  const { functionArn, name } = found;
  if (functionArn) return { ...found, functionArn };
  throw new Failure(
    'ROTATION_NOT_ENABLED',
    `No function rotates ${name}. Deploy Keyturn for it first (docs/deploying.md).`,
  );
}

/** The secret of a name or an ARN. Throws a Failure where it is not there or is being deleted. */
export async function requireSecret(secretId: string): Promise<DescribedSecret> {
  const found = await withSecretsManager((client) => describeSecret(client, secretId));
  assertNotDeleted(found);
  return found;
}

/** Throws a Failure where the secret is scheduled for deletion. */
export function assertNotDeleted({ name, deletedAt }: DescribedSecret): void {
  if (!deletedAt) return;
  throw new Failure(
    'SECRET_BEING_DELETED',
    `${name} is scheduled for deletion. Take it back first: aws secretsmanager restore-secret --secret-id ${name}`,
  );
}
