import type { DBCluster, DBInstance, RDSClient } from '@aws-sdk/client-rds';
import type * as Sdk from '@aws-sdk/client-rds';
import { RotationError } from '../rotation/errors.ts';
import type {
  OpenRds,
  RdsDatabase,
  RdsState,
  RdsTarget,
} from '../rotators/rds-master-password/rds.ts';
import { failure } from './failure.ts';

const meanings = {
  InvalidDBInstanceStateFault: ['INSTANCE_BUSY', 'It is tried again by itself.'],
  InvalidDBClusterStateFault: ['INSTANCE_BUSY', 'It is tried again by itself.'],
  DBInstanceNotFoundFault: ['INSTANCE_NOT_FOUND', 'Correct the identifier in rotation.config.ts.'],
  DBClusterNotFoundFault: ['INSTANCE_NOT_FOUND', 'Correct the identifier in rotation.config.ts.'],
  InvalidParameterValue: [
    'PROVIDER_REFUSED',
    'Look at the identifier in rotation.config.ts, and at what this engine allows in a password.',
  ],
  InvalidParameterCombination: [
    'INSTANCE_UNSUITABLE',
    'RDS changes no password on this database: its master user may authenticate by IAM. Remove the ' +
      'rotator for this key, or switch the database to a password.',
  ],
} as const;

/** Instances and clusters through the RDS client, which is loaded on first use. */
export const rdsDatabases =
  (openClient: () => Promise<RDSClient>): OpenRds =>
  async (target) => {
    const [sdk, client] = [await import('@aws-sdk/client-rds'), await openClient()];
    return target.kind === 'instance'
      ? instance(sdk, client, target)
      : cluster(sdk, client, target);
  };

function instance(sdk: typeof Sdk, client: RDSClient, target: RdsTarget): RdsDatabase {
  const id = { DBInstanceIdentifier: target.identifier };
  return {
    describe: (signal) =>
      calling(target, 'Describing', signal, async (options) => {
        const answer = await client.send(new sdk.DescribeDBInstancesCommand(id), options);
        return instanceState(present(answer.DBInstances?.[0], target));
      }),
    setMasterPassword: (password, signal) =>
      calling(target, 'Changing the password of', signal, async (options) => {
        const input = { ...id, MasterUserPassword: password };
        await client.send(new sdk.ModifyDBInstanceCommand(input), options);
      }),
  };
}

function cluster(sdk: typeof Sdk, client: RDSClient, target: RdsTarget): RdsDatabase {
  const id = { DBClusterIdentifier: target.identifier };
  return {
    describe: (signal) =>
      calling(target, 'Describing', signal, async (options) => {
        const answer = await client.send(new sdk.DescribeDBClustersCommand(id), options);
        return clusterState(present(answer.DBClusters?.[0], target));
      }),
    setMasterPassword: (password, signal) =>
      calling(target, 'Changing the password of', signal, async (options) => {
        // The documents disagree whether a cluster's password waits for the maintenance window.
        const input = { ...id, MasterUserPassword: password, ApplyImmediately: true };
        await client.send(new sdk.ModifyDBClusterCommand(input), options);
      }),
  };
}

function instanceState(found: DBInstance): RdsState {
  const { Address: address, Port: port } = found.Endpoint ?? {};
  return {
    status: found.DBInstanceStatus ?? 'unknown',
    engine: found.Engine ?? 'unknown',
    masterUsername: found.MasterUsername ?? '',
    endpoint: address && port ? { address, port } : undefined,
    managedByRds: found.MasterUserSecret !== undefined,
    memberOf: found.DBClusterIdentifier,
    ...pendingChanges(found.PendingModifiedValues),
  };
}

function clusterState(found: DBCluster): RdsState {
  const { Endpoint: address, Port: port } = found;
  return {
    status: found.Status ?? 'unknown',
    engine: found.Engine ?? 'unknown',
    masterUsername: found.MasterUsername ?? '',
    endpoint: address && port ? { address, port } : undefined,
    managedByRds: found.MasterUserSecret !== undefined,
    memberOf: undefined,
    ...pendingChanges(found.PendingModifiedValues),
  };
}

function pendingChanges(pending: object = {}): Pick<RdsState, 'passwordPending' | 'otherPending'> {
  const names = Object.entries(pending).flatMap(([name, value]) =>
    value === undefined ? [] : [name],
  );
  return {
    passwordPending: names.includes('MasterUserPassword'),
    otherPending: names.filter((name) => name !== 'MasterUserPassword'),
  };
}

function present<T>(item: T | undefined, { kind, identifier }: RdsTarget): T {
  if (item !== undefined) return item;
  throw new RotationError(
    'INSTANCE_NOT_FOUND',
    `RDS knows no ${kind} ${identifier} in this region and account. Correct rotation.config.ts.`,
  );
}

async function calling<R>(
  { kind, identifier }: RdsTarget,
  doing: string,
  signal: AbortSignal,
  call: (options: { abortSignal: AbortSignal }) => Promise<R>,
): Promise<R> {
  try {
    return await call({ abortSignal: signal });
  } catch (error) {
    throw failure(error, { doing: `${doing} the ${kind} ${identifier}`, signal, known: meanings });
  }
}
