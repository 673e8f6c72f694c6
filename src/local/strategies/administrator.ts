import { randomText } from '../../rotators/random-text.ts';
import type { Ground } from './strategy.ts';

/** Somebody who changes the passwords of others. */
export interface Administrator {
  readonly username: string;
  readonly password: string;
}

export const newAdministrator = (): Administrator => ({
  username: 'keyturn_admin',
  password: randomText(40),
});

/** Puts the credential into a secret of its own, which no function rotates. Answers its ARN. */
export function storeAdministrator(
  { secretsManager, environment }: Ground,
  administrator: Administrator,
): string {
  const { arn } = secretsManager.createSecret({
    name: `${environment.secretName}/administrator`,
    arnSuffix: environment.arnSuffix,
    secretString: JSON.stringify(administrator),
    description: 'An administrator of the database, for the rotation function alone',
  });
  return arn;
}
