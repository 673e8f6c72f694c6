import { describe, expect, test } from 'vitest';
import { start } from './support.ts';

describe('a cluster', () => {
  test('resets its master password as an instance does', async () => {
    const { applied, clock, describeCluster, modifyCluster, rds, seed } = await start();
    rds.addCluster(seed({ engine: 'aurora-postgresql' }));

    await modifyCluster('second-password', true);
    const pending = await describeCluster();
    await clock.advance(200);
    const during = await describeCluster();
    await expect(modifyCluster('third-password')).rejects.toMatchObject({
      name: 'InvalidDBClusterStateFault',
    });
    await clock.advance(250);

    expect(pending?.PendingModifiedValues).toEqual({ MasterUserPassword: '****' });
    expect(during?.Status).toBe('resetting-master-credentials');
    expect((await describeCluster())?.Status).toBe('available');
    expect(applied).toEqual(['second-password']);
  });

  test('waits for ApplyImmediately where that is chosen', async () => {
    const { applied, clock, describeCluster, modifyCluster, rds, seed } = await start();
    rds.addCluster(seed());
    rds.behaviour.clusterNeedsApplyImmediately = true;

    await modifyCluster('second-password');
    await clock.advance(1_000);
    expect((await describeCluster())?.PendingModifiedValues?.MasterUserPassword).toBe('****');
    expect(applied).toEqual([]);

    await modifyCluster('second-password', true);
    await clock.advance(1_000);
    expect(applied).toEqual(['second-password']);
  });

  test('shows its endpoint, its members and what else is pending', async () => {
    const { describeCluster, rds, seed } = await start();
    rds.addCluster(seed({ pendingChanges: { EngineVersion: '19' }, iamAuth: true }));
    rds.addInstance({ ...seed(), identifier: 'one', clusterIdentifier: 'reminder-app' });

    expect(await describeCluster()).toMatchObject({
      Status: 'available',
      Endpoint: '127.0.0.1',
      Port: 5432,
      Engine: 'postgres',
      MasterUsername: 'postgres',
      IAMDatabaseAuthenticationEnabled: true,
      PendingModifiedValues: { EngineVersion: '19' },
      DBClusterMembers: [{ DBInstanceIdentifier: 'one', IsClusterWriter: true }],
    });
  });
});
