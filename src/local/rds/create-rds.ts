import { signedService } from '../aws-endpoint.ts';
import type { AwsService } from '../aws-service.ts';
import type { LocalClock } from '../clock.ts';
import { type Database, databaseOf, type DatabaseSeed, type InstanceSeed } from './database.ts';
import { identifierOf } from './describe.ts';
import { createPasswordResets, type RdsReset } from './password-reset.ts';
import { rdsActions } from './rds-actions.ts';
import { defaultRdsBehaviour, type RdsBehaviour } from './rds-behaviour.ts';
import { errorResponse, RdsError, resultResponse } from './rds-wire.ts';

/** One request as it was answered. Holds no values. */
export interface RdsCall {
  readonly at: Date;
  readonly action: string;
  readonly identifier: string | undefined;
  readonly changesPassword: boolean;
  readonly applyImmediately: boolean;
  /** `OK` or the error's code. */
  readonly outcome: string;
}

/** An RDS that describes databases and resets their master passwords, asynchronously as RDS does. */
export interface Rds {
  readonly service: AwsService;
  readonly behaviour: RdsBehaviour;
  readonly calls: readonly RdsCall[];
  readonly resets: readonly RdsReset[];
  /** Answers the live instance: a test may change its status and endpoint. */
  addInstance(seed: InstanceSeed): Database;
  addCluster(seed: DatabaseSeed): Database;
  /** Resolves when no reset is under way. */
  idle(): Promise<void>;
  /** Calls off the resets that are under way. */
  close(): Promise<void>;
}

export function createRds(options: {
  readonly clock: LocalClock;
  readonly behaviour?: Partial<RdsBehaviour>;
}): Rds {
  const { clock } = options;
  const behaviour = { ...defaultRdsBehaviour, ...options.behaviour };
  const instances = new Map<string, Database>();
  const clusters = new Map<string, Database>();
  const calls: RdsCall[] = [];
  const resets = createPasswordResets(clock, behaviour);
  const actions = rdsActions({ instances, clusters, resets, behaviour });

  function answer(form: URLSearchParams): Response {
    const name = form.get('Action') ?? '';
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    const record = (outcome: string) =>
      calls.push(callOf(form, clock.now(), action ? name : 'unknown', outcome));
    try {
      if (!action) throw unknownAction(name, form);
      const response = resultResponse(name, action(form));
      record('OK');
      return response;
    } catch (error) {
      if (!(error instanceof RdsError)) throw error;
      record(error.code);
      return errorResponse(error);
    }
  }

  return {
    service: async function rds(request) {
      const signedFor = signedService(request);
      if (signedFor === 'rds') return answer(new URLSearchParams(await request.text()));
      return signedFor === undefined && (await isUnsignedRds(request))
        ? errorResponse(missingToken())
        : undefined;
    },
    behaviour,
    calls,
    resets: resets.done,
    addInstance: (seed) => added(instances, databaseOf('instance', seed)),
    addCluster: (seed) => added(clusters, databaseOf('cluster', seed)),
    idle: () => resets.idle(),
    close: () => resets.close(),
  };
}

function added(databases: Map<string, Database>, database: Database): Database {
  databases.set(database.identifier, database);
  return database;
}

/** Without a signature only the body tells, and other services still want to read it. */
async function isUnsignedRds(request: Request): Promise<boolean> {
  const type = request.headers.get('content-type') ?? '';
  if (!type.startsWith('application/x-www-form-urlencoded')) return false;
  return new URLSearchParams(await request.clone().text()).get('Version') === '2014-10-31';
}

const missingToken = () =>
  new RdsError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);

const unknownAction = (action: string, form: URLSearchParams) =>
  new RdsError(
    'InvalidAction',
    `Could not find operation ${action} for version ${form.get('Version') ?? 'NO_VERSION_SPECIFIED'}`,
  );

function callOf(form: URLSearchParams, at: Date, action: string, outcome: string): RdsCall {
  const given = form.get('DBInstanceIdentifier') ?? form.get('DBClusterIdentifier');
  return {
    at,
    action,
    identifier: given === null ? undefined : identifierOf(given),
    changesPassword: form.has('MasterUserPassword'),
    applyImmediately: form.get('ApplyImmediately') === 'true',
    outcome,
  };
}
