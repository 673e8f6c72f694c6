import { describe, expect, test } from 'vitest';
import { start } from './support.ts';

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
    const { modifyInstance, rds, seed } = await start();
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
    const { modifyInstance, rds, seed } = await start();
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
    const { modifyInstance, rds, seed } = await start();
    rds.addInstance(seed({ engine }));

    const refusal = await modifyInstance(`secret-part${character}x`).catch(
      (error: unknown) => error,
    );

    expect(refusal).toMatchObject({ name: 'InvalidParameterValue' });
    expect(JSON.stringify(refusal)).not.toContain('secret-part');
    expect(String(refusal)).not.toContain('secret-part');
  });

  test('of a cluster has 41 characters at most, whatever the engine', async () => {
    const { modifyCluster, rds, seed } = await start();
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
    const { modifyInstance, rds, seed } = await start();
    rds.addInstance(seed(more));

    await expect(modifyInstance('second-password')).rejects.toMatchObject({
      name: 'InvalidParameterCombination',
      message: expect.stringContaining(message),
    });
  });

  test('is refused while the instance is not available', async () => {
    const { modifyInstance, rds, seed } = await start();
    const instance = rds.addInstance(seed());
    instance.status = 'modifying';

    await expect(modifyInstance('second-password')).rejects.toMatchObject({
      name: 'InvalidDBInstanceStateFault',
    });
  });
});
