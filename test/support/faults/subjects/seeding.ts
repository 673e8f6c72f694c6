import { randomBytes } from 'node:crypto';
import type { Rds } from '../../../../src/local/rds/create-rds.ts';
import type { SecretsManagerStandIn } from '../../../../src/local/secrets-manager/secrets-manager.ts';
import type { Twilio } from '../../../../src/local/twilio/create-twilio.ts';
import { adminSecretName } from '../aws-call.ts';
import type { RealDatabase } from '../databases/real-database.ts';
import { Verdicts } from '../databases/verdicts.ts';
import type { Ground } from '../ground.ts';
import type { PacedClock } from '../paced-clock.ts';

/** What the systems of a new world are made of. */
export interface Seeding {
  readonly ground: Ground;
  readonly clock: PacedClock;
  readonly secretsManager: SecretsManagerStandIn;
  readonly rds: Rds;
  readonly twilio: Twilio;
  /** Carries what a system does by itself, so that it is looked at afterwards. */
  readonly carry: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Accounts of a world on a shared server are told apart by this, and called alike without it. */
export const suffix = (): string => `_${randomBytes(6).toString('hex')}`;

export const firstPassword = (): string => randomBytes(15).toString('base64url');

/** Stores the administrator of a database in a secret of his own, and answers its name. */
export function storeAdmin({ secretsManager }: Seeding, { admin }: RealDatabase): string {
  const { user, password } = admin;
  secretsManager.createSecret({
    name: adminSecretName,
    secretString: JSON.stringify({ username: user, password }),
  });
  return adminSecretName;
}

/** Asks a server, whether it lets an account in. */
export function loginsAt(database: RealDatabase, databaseName: string) {
  const verdicts = new Verdicts(database);
  const { host, port } = database;
  const accepts = async (user: string, password: string): Promise<boolean> => {
    const signal = new AbortController().signal;
    const place = { host, port, database: databaseName, tls: 'off' as const };
    return (await verdicts.verdict({ ...place, user, password, signal })) === 'accepted';
  };
  return { accepts, place: { database, verdicts } };
}
