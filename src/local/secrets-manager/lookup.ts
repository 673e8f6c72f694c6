import type { Account } from './account.ts';
import { SecretsManagerError, markedForDeletion, secretNotFound } from './errors.ts';
import type { Secret } from './secret.ts';

/** By name, ARN, or ARN without the random suffix. Throws ResourceNotFoundException. */
export function findSecret(account: Account, secretId: string): Secret {
  const found = secretId.startsWith('arn:')
    ? findByArn(account, secretId)
    : findByName(account, secretId);
  if (!found) throw secretNotFound();
  return found;
}

/** As `findSecret`; throws InvalidRequestException where deletion is scheduled. */
export function findLiveSecret(account: Account, secretId: string): Secret {
  const secret = findSecret(account, secretId);
  if (secret.deletionDate) throw markedForDeletion();
  return secret;
}

export function findByName(account: Account, name: string): Secret | undefined {
  checkName(name);
  return [...account.secrets.values()].find((secret) => secret.name === name);
}

function checkName(name: string): void {
  if (/^[\w/+=.@!-]+$/.test(name)) return;
  throw new SecretsManagerError(
    'ValidationException',
    'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
  );
}

/** What ends like a random suffix is taken for a whole ARN, even where a name ends like that. */
function findByArn(account: Account, arn: string): Secret | undefined {
  const whole = account.secrets.get(arn);
  if (whole || /-[A-Za-z0-9]{6}$/.test(arn)) return whole;
  return [...account.secrets.values()].find((secret) => secret.arn.slice(0, -7) === arn);
}
