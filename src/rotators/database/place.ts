import { RotationError } from '../../rotation/errors.ts';
import type { Call, Credential } from '../../rotation/rotator.ts';
import { textOf } from '../credential-text.ts';
import type { OpenRds, RdsTarget } from '../rds-master-password/rds.ts';
import type { ConnectionOptions } from './connection-options.ts';
import type { LogInRequest } from './server.ts';

/** What differs between engines where a configuration leaves it open. */
export interface Engine {
  readonly title: string;
  readonly port: number;
  readonly database: string;
  /** The names by which AWS calls it, such as `postgres` and `aurora-postgresql`. */
  readonly names: RegExp;
}

/** Where a credential is good. */
export type Place = Omit<LogInRequest, 'user' | 'password' | 'signal'>;

/**
 * Where the database of a credential is: as its options, the keys beside it, or RDS say. RDS is
 * asked once for each of these. Throws `RotationError` that names the key to mend.
 */
export function placeFinder(options: ConnectionOptions, engine: Engine, openRds: OpenRds) {
  let asked: ReturnType<typeof endpointOf> | undefined;

  return async function placeOf({ signal }: Call, credential: Credential): Promise<Place> {
    assertEngine(options, engine, credential);
    const target = targetOf(options);
    const endpoint = target && (await (asked ??= endpointOf(target, openRds, signal)));
    return {
      host: endpoint?.address ?? hostOf(options, credential),
      port: portOf(options, credential) ?? endpoint?.port ?? engine.port,
      database: databaseOf(options, credential) ?? engine.database,
      tls: isTlsOff(options, credential) ? 'off' : options.tls,
      ca: options.ca,
    };
  };
}

/** Whether two credentials are good at one and the same server. */
export const samePlace = (one: Place, other: Place) =>
  one.host === other.host && one.port === other.port;

function targetOf({ instance, cluster }: ConnectionOptions): RdsTarget | undefined {
  if (instance !== undefined) return { kind: 'instance', identifier: instance };
  return cluster === undefined ? undefined : { kind: 'cluster', identifier: cluster };
}

async function endpointOf(target: RdsTarget, openRds: OpenRds, signal: AbortSignal) {
  const { endpoint } = await (await openRds(target)).describe(signal);
  if (endpoint) return endpoint;
  throw new RotationError(
    'INSTANCE_BUSY',
    `The ${target.kind} ${target.identifier} has no endpoint to log in to yet. It is tried again by itself.`,
  );
}

const hostOf = ({ host, hostKey }: ConnectionOptions, credential: Credential): string =>
  host ?? textOf(credential, hostKey ?? '');

function portOf({ port, portKey }: ConnectionOptions, credential: Credential): number | undefined {
  const value = portKey === undefined ? undefined : credential[portKey];
  if (value === undefined || portKey === undefined) return port;
  const number = Number(value);
  if (Number.isInteger(number) && number > 0 && number < 65_536) return number;
  throw unusable(portKey, 'must be a port from 1 to 65535');
}

function databaseOf({ database, databaseKey }: ConnectionOptions, credential: Credential) {
  const value = databaseKey === undefined ? undefined : credential[databaseKey];
  return typeof value === 'string' && value !== '' ? value : database;
}

/** AWS's own secrets say `ssl` as a truth value or as its name, in capitals or not. */
function isTlsOff({ tlsKey }: ConnectionOptions, credential: Credential): boolean {
  const value = tlsKey === undefined ? undefined : credential[tlsKey];
  if (value === undefined || tlsKey === undefined) return false;
  const word = typeof value === 'string' ? value.toLowerCase() : value;
  if (word === true || word === 'true') return false;
  if (word === false || word === 'false') return true;
  throw unusable(tlsKey, 'must be true or false');
}

function assertEngine({ engineKey }: ConnectionOptions, engine: Engine, credential: Credential) {
  const value = engineKey === undefined ? undefined : credential[engineKey];
  if (engineKey === undefined || value === undefined) return;
  if (typeof value === 'string' && engine.names.test(value)) return;
  throw unusable(engineKey, `names another engine than ${engine.title}`);
}

const unusable = (key: string, what: string) =>
  new RotationError(
    'KEY_UNUSABLE',
    `The key ${key} ${what}. Correct the secret, or rotation.config.ts, and rotate again.`,
    { key },
  );
