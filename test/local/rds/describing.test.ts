import {
  DescribeDBInstancesCommand,
  type DescribeDBInstancesCommandInput,
} from '@aws-sdk/client-rds';
import { describe, expect, test } from 'vitest';
import { start } from './support.ts';

describe('describing', () => {
  test('shows an instance as RDS does', async () => {
    const { describeInstance, rds, seed } = await start();
    const secretArn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:x';
    rds.addInstance({ ...seed({ masterUserSecret: { secretArn } }), clusterIdentifier: 'Group' });

    expect(await describeInstance('Reminder-App')).toMatchObject({
      DBInstanceIdentifier: 'reminder-app',
      DBInstanceArn: 'arn:aws:rds:us-east-1:000000000000:db:reminder-app',
      DBInstanceStatus: 'available',
      Engine: 'postgres',
      EngineVersion: '18.4',
      MasterUsername: 'postgres',
      Endpoint: { Address: '127.0.0.1', Port: 5432 },
      DBClusterIdentifier: 'group',
      MasterUserSecret: { SecretArn: secretArn, SecretStatus: 'active' },
    });
  });

  test('takes an ARN for an identifier', async () => {
    const { describeInstance, rds, seed } = await start();
    rds.addInstance(seed());

    const found = await describeInstance('arn:aws:rds:us-east-1:000000000000:db:reminder-app');

    expect(found?.DBInstanceIdentifier).toBe('reminder-app');
  });

  test('leaves the endpoint out while there is none', async () => {
    const { describeInstance, rds, seed } = await start();
    const instance = rds.addInstance(seed());
    instance.endpoint = undefined;

    expect(await describeInstance()).not.toHaveProperty('Endpoint');
  });

  test('lists all, in pages, and by filter', async () => {
    const { client, rds, seed } = await start();
    const list = (input: DescribeDBInstancesCommandInput) =>
      client.send(new DescribeDBInstancesCommand(input));
    for (let n = 10; n < 35; n += 1)
      rds.addInstance(seed({ identifier: `db-${n}`, engine: n % 2 ? 'mysql' : 'postgres' }));

    const first = await list({ MaxRecords: 20 });
    const second = await list({ MaxRecords: 20, Marker: first.Marker });
    const mysql = await list({ Filters: [{ Name: 'engine', Values: ['mysql'] }] });
    const two = await list({ Filters: [{ Name: 'db-instance-id', Values: ['db-11', 'db-12'] }] });
    const none = await list({ Filters: [{ Name: 'engine', Values: ['db2-se'] }] });

    expect(first.DBInstances).toHaveLength(20);
    expect(second.DBInstances).toHaveLength(5);
    expect(second.Marker).toBeUndefined();
    expect(mysql.DBInstances).toHaveLength(12);
    expect(two.DBInstances?.map((each) => each.DBInstanceIdentifier)).toEqual(['db-11', 'db-12']);
    expect(none.DBInstances).toEqual([]);
  });

  test('refuses a filter and a page size it does not know', async () => {
    const { client, rds, seed } = await start();
    const filter = new DescribeDBInstancesCommand({ Filters: [{ Name: 'colour', Values: ['x'] }] });
    rds.addInstance(seed());

    await expect(client.send(filter)).rejects.toThrow('Unrecognized filter name: colour');
    await expect(
      client.send(new DescribeDBInstancesCommand({ MaxRecords: 5 })),
    ).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });

  test('names what does not exist', async () => {
    const { describeCluster, describeInstance } = await start();

    await expect(describeInstance('nothing')).rejects.toMatchObject({
      name: 'DBInstanceNotFoundFault',
      message: 'DBInstance nothing not found.',
      $metadata: { httpStatusCode: 404, requestId: expect.any(String) },
    });
    await expect(describeCluster()).rejects.toMatchObject({
      name: 'DBClusterNotFoundFault',
      $metadata: { httpStatusCode: 404 },
    });
  });
});
