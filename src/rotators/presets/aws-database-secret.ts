import type { KeyConfiguration } from '../configuration.ts';

type OfDatabase = Extract<
  KeyConfiguration,
  { readonly rotator: 'postgres-password' | 'postgres-alternating' | 'mysql-password' }
>;

/** Where AWS's own secrets for databases have what a rotator needs. */
const shape = {
  hostKey: 'host',
  portKey: 'port',
  databaseKey: 'dbname',
  userKey: 'username',
  tlsKey: 'ssl',
  engineKey: 'engine',
} as const;

type Answered = keyof typeof shape | 'host' | 'instance' | 'cluster' | 'user' | 'adminSecretKey';
type Chosen<Of> = Of extends unknown ? Omit<Of, Answered> : never;

/**
 * The `keys` of a secret that has the shape of AWS's own, for a rotator of one's choice. Where an
 * administrator changes the password, `masterarn` must name his secret too, if it is there. Source:
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
 */
export function awsDatabaseSecret(chosen: Chosen<OfDatabase>): {
  readonly password: KeyConfiguration;
} {
  const admin = chosen.adminSecret === undefined ? {} : { adminSecretKey: 'masterarn' };
  return { password: { ...chosen, ...shape, ...admin } };
}
