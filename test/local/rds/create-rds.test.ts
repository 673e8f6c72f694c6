import {
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  type DescribeDBInstancesCommandInput,
  ModifyDBClusterCommand,
  ModifyDBInstanceCommand,
} from '@aws-sdk/client-rds';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DrivenClock } from '../../../src/local/driven-clock.ts';
import { createRds, type Rds } from '../../../src/local/rds/create-rds.ts';
import type { InstanceSeed } from '../../../src/local/rds/database.ts';
import { serveRds } from './rds-client.ts';

let clock: DrivenClock;
let rds: Rds;
let served: Awaited<ReturnType<typeof serveRds>>;
let applied: string[];

beforeEach(async () => {
  clock = new DrivenClock();
  rds = createRds({ clock });
  served = await serveRds(rds);
  applied = [];
});
afterEach(() => served.close());

const seed = (more: Partial<InstanceSeed> = {}): InstanceSeed => ({
  identifier: 'reminder-app',
  engine: 'postgres',
  engineVersion: '18.4',
  masterUsername: 'postgres',
  endpoint: { address: '127.0.0.1', port: 5432 },
  applyMasterPassword: async (password) => void applied.push(password),
  ...more,
});

const list = (input: DescribeDBInstancesCommandInput) =>
  served.client.send(new DescribeDBInstancesCommand(input));
const post = (body: string, authorization?: string) =>
  fetch(served.url, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(authorization && { authorization }),
    },
  });
const describeInstance = async (identifier = 'reminder-app') => {
  const command = new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier });
  const { DBInstances = [] } = await served.client.send(command);
  return DBInstances[0];
};
const describeCluster = async () => {
  const command = new DescribeDBClustersCommand({ DBClusterIdentifier: 'reminder-app' });
  const { DBClusters = [] } = await served.client.send(command);
  return DBClusters[0];
};
const modifyInstance = (MasterUserPassword: string, identifier = 'reminder-app') =>
  served.client.send(
    new ModifyDBInstanceCommand({ DBInstanceIdentifier: identifier, MasterUserPassword }),
  );
const modifyCluster = (MasterUserPassword: string, ApplyImmediately?: boolean) =>
  served.client.send(
    new ModifyDBClusterCommand({
      DBClusterIdentifier: 'reminder-app',
      MasterUserPassword,
      ApplyImmediately,
    }),
  );

describe('a password reset', () => {
  test('is pending at once, shows later, is in force after that, and leaves nothing pending', async () => {
    rds.addInstance(seed());

    const { DBInstance: answered } = await modifyInstance('second-password');

    expect(answered?.DBInstanceStatus).toBe('available');
    expect(answered?.PendingModifiedValues).toEqual({ MasterUserPassword: '****' });

    await clock.advance(149);
    expect((await describeInstance())?.DBInstanceStatus).toBe('available');
    await clock.advance(1);
    expect((await describeInstance())?.DBInstanceStatus).toBe('resetting-master-credentials');
    await clock.advance(249);
    expect(applied).toEqual([]);
    await clock.advance(1);
    expect(applied).toEqual(['second-password']);
    expect((await describeInstance())?.DBInstanceStatus).toBe('resetting-master-credentials');
    await clock.advance(50);

    expect(await describeInstance()).toMatchObject({ DBInstanceStatus: 'available' });
    expect((await describeInstance())?.PendingModifiedValues).not.toHaveProperty(
      'MasterUserPassword',
    );
    expect(rds.resets).toMatchObject([{ identifier: 'reminder-app', outcome: 'applied' }]);
  });

  test('can happen without ever showing in the status', async () => {
    rds.addInstance(seed());
    rds.behaviour.showStatus = false;
    await modifyInstance('second-password');

    await clock.advance(200);

    expect((await describeInstance())?.DBInstanceStatus).toBe('available');
    await clock.advance(200);
    expect(applied).toEqual(['second-password']);
  });

  test.each([
    ['because it is told to', () => (rds.behaviour.failReset = true), seed()],
    [
      'because the server refuses',
      () => undefined,
      seed({ applyMasterPassword: () => Promise.reject(new Error('down')) }),
    ],
  ])('can fail, %s, and ends available all the same', async (_, arrange, instance) => {
    rds.addInstance(instance);
    arrange();
    await modifyInstance('second-password');

    await clock.advance(450);

    expect(applied).toEqual([]);
    expect((await describeInstance())?.DBInstanceStatus).toBe('available');
    expect(rds.resets).toMatchObject([{ outcome: 'failed' }]);
  });

  test.each([0, 200, 420])('refuses a second one %i ms after the first', async (ms) => {
    rds.addInstance(seed());
    await modifyInstance('second-password');
    await clock.advance(ms);

    const second = modifyInstance('third-password');

    await expect(second).rejects.toMatchObject({
      name: 'InvalidDBInstanceStateFault',
      $metadata: { httpStatusCode: 400 },
    });
    await clock.advance(1_000);
    expect(applied).toEqual(['second-password']);
  });

  test('of two at the same moment takes one', async () => {
    rds.addInstance(seed());

    const outcomes = await Promise.allSettled([
      modifyInstance('second-password'),
      modifyInstance('third-password'),
    ]);
    await clock.advance(1_000);

    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(applied).toHaveLength(1);
  });

  test('lets a second password take the first ones place where that is chosen', async () => {
    rds.addInstance(seed());
    rds.behaviour.secondPassword = 'replace';
    await modifyInstance('second-password');
    await modifyInstance('third-password');

    await clock.advance(1_000);

    expect(applied).toEqual(['third-password']);
  });

  test('follows one that is in force and not settled yet', async () => {
    rds.addInstance(seed());
    rds.behaviour.secondPassword = 'replace';
    rds.behaviour.showStatus = false;
    await modifyInstance('second-password');
    await clock.advance(420);
    await modifyInstance('third-password');
    await clock.advance(100);

    expect((await describeInstance())?.PendingModifiedValues?.MasterUserPassword).toBe('****');
    await clock.advance(1_000);
    expect(applied).toEqual(['second-password', 'third-password']);
  });

  test('is called off by close', async () => {
    rds.addInstance(seed());
    await modifyInstance('second-password');

    await rds.close();
    await clock.advance(1_000);

    expect(applied).toEqual([]);
  });
});

describe('a master password', () => {
  test.each([
    ['postgres', 8],
    ['postgres', 128],
    ['mysql', 41],
    ['mariadb', 41],
    ['oracle-ee', 30],
    ['sqlserver-ex', 128],
    ['db2-se', 255],
  ])('of %s may have %i characters', async (engine, length) => {
    rds.addInstance(seed({ engine }));

    await expect(modifyInstance('x'.repeat(length))).resolves.toBeDefined();
  });

  test.each([
    ['postgres', 7, 'shorter than 8'],
    ['postgres', 129, 'longer than 128'],
    ['mysql', 42, 'longer than 41'],
    ['mariadb', 42, 'longer than 41'],
    ['oracle-ee', 31, 'longer than 30'],
    ['sqlserver-ex', 129, 'longer than 128'],
    ['db2-se', 256, 'longer than 255'],
  ])('of %s may not have %i characters', async (engine, length, why) => {
    rds.addInstance(seed({ engine }));

    const refusal = await modifyInstance('x'.repeat(length)).catch((error: unknown) => error);

    expect(refusal).toMatchObject({
      name: 'InvalidParameterValue',
      message: `The parameter MasterUserPassword is not a valid password because it is ${why} characters.`,
    });
  });

  test.each([
    ['postgres', '/'],
    ['postgres', '"'],
    ['postgres', '@'],
    ['postgres', ' '],
    ['postgres', 'ü'],
    ['postgres', '\n'],
    ['oracle-ee', '&'],
    ['oracle-ee', `'`],
  ])('of %s may not hold %j, and the refusal does not repeat it', async (engine, character) => {
    rds.addInstance(seed({ engine }));

    const refusal = await modifyInstance(`secret-part${character}x`).catch(
      (error: unknown) => error,
    );

    expect(refusal).toMatchObject({ name: 'InvalidParameterValue' });
    expect(JSON.stringify(refusal)).not.toContain('secret-part');
    expect(String(refusal)).not.toContain('secret-part');
  });

  test('of a cluster has 41 characters at most, whatever the engine', async () => {
    rds.addCluster(seed({ engine: 'aurora-postgresql' }));

    await expect(modifyCluster('x'.repeat(42))).rejects.toThrow('longer than 41');
    await expect(modifyCluster('x'.repeat(41))).resolves.toBeDefined();
  });

  test.each([
    ['of a member of a cluster', { clusterIdentifier: 'reminder-cluster' }, 'member of a cluster'],
    [
      'that RDS manages in Secrets Manager',
      { masterUserSecret: { secretArn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:x' } },
      'ManageMasterUserPassword',
    ],
    [
      'where the master logs in by IAM',
      { masterUserAuthenticationType: 'iam-db-auth' as const },
      'iam-db-auth',
    ],
  ])('%s is refused', async (_, more, message) => {
    rds.addInstance(seed(more));

    await expect(modifyInstance('second-password')).rejects.toMatchObject({
      name: 'InvalidParameterCombination',
      message: expect.stringContaining(message),
    });
  });

  test('is refused while the instance is not available', async () => {
    const instance = rds.addInstance(seed());
    instance.status = 'modifying';

    await expect(modifyInstance('second-password')).rejects.toMatchObject({
      name: 'InvalidDBInstanceStateFault',
    });
  });
});

describe('a cluster', () => {
  test('resets its master password as an instance does', async () => {
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

describe('describing', () => {
  test('shows an instance as RDS does', async () => {
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
    rds.addInstance(seed());

    const found = await describeInstance('arn:aws:rds:us-east-1:000000000000:db:reminder-app');

    expect(found?.DBInstanceIdentifier).toBe('reminder-app');
  });

  test('leaves the endpoint out while there is none', async () => {
    const instance = rds.addInstance(seed());
    instance.endpoint = undefined;

    expect(await describeInstance()).not.toHaveProperty('Endpoint');
  });

  test('lists all, in pages, and by filter', async () => {
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
    const filter = new DescribeDBInstancesCommand({ Filters: [{ Name: 'colour', Values: ['x'] }] });
    rds.addInstance(seed());

    await expect(served.client.send(filter)).rejects.toThrow('Unrecognized filter name: colour');
    await expect(
      served.client.send(new DescribeDBInstancesCommand({ MaxRecords: 5 })),
    ).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });

  test('names what does not exist', async () => {
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

describe('the protocol', () => {
  const signed =
    'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/rds/aws4_request, SignedHeaders=host, Signature=0';

  test('refuses an action it does not know', async () => {
    const response = await post('Action=RebootDBInstance&Version=2014-10-31', signed);

    expect(response.status).toBe(400);
    expect(await response.text()).toContain(
      '<Type>Sender</Type><Code>InvalidAction</Code><Message>Could not find operation RebootDBInstance for version 2014-10-31</Message>',
    );
    expect(rds.calls).toMatchObject([{ action: 'unknown', outcome: 'InvalidAction' }]);
  });

  test('refuses a request without a signature', async () => {
    const response = await post('Action=DescribeDBInstances&Version=2014-10-31');

    expect(response.status).toBe(403);
    expect(await response.text()).toContain('<Code>MissingAuthenticationToken</Code>');
  });

  test('refuses a modification of no instance, and one of something else', async () => {
    rds.addInstance(seed());

    const nameless = await post('Action=ModifyDBInstance&Version=2014-10-31', signed);
    const other = served.client.send(
      new ModifyDBInstanceCommand({ DBInstanceIdentifier: 'reminder-app', AllocatedStorage: 20 }),
    );

    expect(await nameless.text()).toContain('<Code>MissingParameter</Code>');
    await expect(other).rejects.toMatchObject({ name: 'InvalidParameterCombination' });
  });

  test('escapes what it repeats', async () => {
    const response = await post('Action=%3Cb%3E%26&Version=2014-10-31', signed);

    expect(await response.text()).toContain('operation &lt;b&gt;&amp; for');
  });

  test('keeps a journal without values', async () => {
    rds.addInstance(seed());
    await modifyInstance('second-password');
    await modifyInstance('short').catch(() => undefined);

    expect(rds.calls).toMatchObject([
      {
        action: 'ModifyDBInstance',
        identifier: 'reminder-app',
        changesPassword: true,
        outcome: 'OK',
      },
      { action: 'ModifyDBInstance', outcome: 'InvalidParameterValue' },
    ]);
    expect(JSON.stringify(rds.calls)).not.toMatch(/second-password|short/);
  });
});
