import {
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  ModifyDBClusterCommand,
  ModifyDBInstanceCommand,
} from '@aws-sdk/client-rds';
import { onTestFinished } from 'vitest';
import { DrivenClock } from '../../../src/local/driven-clock.ts';
import { createRds } from '../../../src/local/rds/create-rds.ts';
import type { InstanceSeed } from '../../../src/local/rds/database.ts';
import { serveRds } from './rds-client.ts';

/** A stand-in behind real HTTP, a real client, and databases that keep which passwords they got. */
export async function start() {
  const clock = new DrivenClock();
  const rds = createRds({ clock });
  const served = await serveRds(rds);
  const { client, url } = served;
  onTestFinished(() => served.close());
  const applied: string[] = [];

  return {
    clock,
    rds,
    client,
    url,
    applied,

    seed: (more: Partial<InstanceSeed> = {}): InstanceSeed => ({
      identifier: 'reminder-app',
      engine: 'postgres',
      engineVersion: '18.4',
      masterUsername: 'postgres',
      endpoint: { address: '127.0.0.1', port: 5432 },
      applyMasterPassword: async (password) => void applied.push(password),
      ...more,
    }),

    describeInstance: async (DBInstanceIdentifier = 'reminder-app') => {
      const command = new DescribeDBInstancesCommand({ DBInstanceIdentifier });
      const { DBInstances = [] } = await client.send(command);
      return DBInstances[0];
    },

    describeCluster: async () => {
      const command = new DescribeDBClustersCommand({ DBClusterIdentifier: 'reminder-app' });
      const { DBClusters = [] } = await client.send(command);
      return DBClusters[0];
    },

    modifyInstance: (MasterUserPassword: string, DBInstanceIdentifier = 'reminder-app') =>
      client.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier, MasterUserPassword })),

    modifyCluster: (MasterUserPassword: string, ApplyImmediately?: boolean) =>
      client.send(
        new ModifyDBClusterCommand({
          DBClusterIdentifier: 'reminder-app',
          MasterUserPassword,
          ApplyImmediately,
        }),
      ),
  };
}
