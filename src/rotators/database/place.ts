import { RotationError } from '../../rotation/errors.ts';
import type { Call, Credential } from '../../rotation/rotator.ts';
import { textOf } from '../credential-text.ts';
import type { OpenRds, RdsTarget } from '../rds-master-password/rds.ts';
import { hostName, type ConnectionOptions } from './connection-options.ts';
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
 * asked until it answers, and then no more. Throws `RotationError` that names the key to mend.
 */
export function placeFinder(options: ConnectionOptions, engine: Engine, openRds: OpenRds) {
  let asked: ReturnType<typeof endpointOf> | undefined;

  async function ask(target: RdsTarget, signal: AbortSignal) {
    try {
      return await endpointOf(target, openRds, signal);
    } catch (error) {
      asked = undefined;
      throw error;
    }
  }

  return async function placeOf({ signal }: Call, credential: Credential): Promise<Place> {
    assertEngine(options, engine, credential);
    const target = targetOf(options);
    const endpoint = target && (await (asked ??= ask(target, signal)));
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

function hostOf({ host, hostKey }: ConnectionOptions, credential: Credential): string {
  if (host !== undefined || hostKey === undefined) return host ?? '';
  const value = textOf(credential, hostKey);
  // A path would be taken for a socket, and a URL may hold a password that messages would show.
  if (hostName.test(value)) return value;
  throw unusable(hostKey, 'must be the name or address of a host: no URL, no path, no list');
}

function portOf({ port, portKey }: ConnectionOptions, credential: Credential): number | undefined {
  const value = portKey === undefined ? undefined : credential[portKey];
  if (value === undefined || portKey === undefined) return port;
  const isWritten = typeof value === 'string' && /^\d{1,5}$/.test(value);
  const number = isWritten ? Number(value) : value;
  if (typeof number === 'number' && isPort(number)) return number;
  throw unusable(portKey, 'must be a port from 1 to 65535');
}

const isPort = (number: number) => Number.isInteger(number) && number > 0 && number < 65_536;

/** AWS's own secrets leave the name open by leaving it out, or empty. */
function databaseOf({ database, databaseKey }: ConnectionOptions, credential: Credential) {
  const value = databaseKey === undefined ? undefined : credential[databaseKey];
  if (databaseKey === undefined || value === undefined || value === null || value === '') {
    return database;
  }
  if (typeof value === 'string') return value;
  throw unusable(databaseKey, 'must be the name of a database, as a text');
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
