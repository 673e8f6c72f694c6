import { describe, expect, it, test } from 'vitest';
import type { ApiCall } from '../../../src/local/iam/api-call.ts';
import { createIam } from '../../../src/local/iam/create-iam.ts';
import { impliedByKmsKey, impliedByTarget } from '../../../src/local/iam/implied-calls.ts';
import { acting, invocableBySecretsManager } from '../../../src/local/iam/services.ts';
import { production } from '../../../src/local/stack/environments.ts';
import { deployedStack } from '../../../src/local/template/deployed-stack.ts';

const keyArn = 'arn:aws:kms:us-east-1:000000000000:key/0f1e2d3c';
const template = deployedStack({
  name: 'keyturn',
  parameters: {
    Environment: 'production',
    DbInstance: 'orders',
    RotateTwilio: 'true',
    KmsKeyArn: keyArn,
  },
});
const iam = createIam();
iam.deploy(template);

const rotateArn = 'arn:aws:lambda:us-east-1:000000000000:function:keyturn-rotate';
const reconcileArn = 'arn:aws:lambda:us-east-1:000000000000:function:keyturn-reconcile';
const schedulerRole = 'arn:aws:iam::000000000000:role/keyturn-SchedulerRole';
const { secretArn } = production;
const another = secretArn.replace('reminder-app/production', 'reminder-app/production-2');

const ofSecret = (operation: string, resource = secretArn, functionArn = rotateArn): ApiCall => ({
  action: `secretsmanager:${operation}`,
  resource,
  context: { 'secretsmanager:resource/AllowRotationLambdaArn': functionArn },
});
const call = (action: string, resource: string): ApiCall => ({ action, resource, context: {} });

async function refused(roleName: string, ...calls: readonly ApiCall[]) {
  const role = iam.role(`keyturn-${roleName}`);
  if (!role) throw new Error(`There is no role ${roleName}.`);
  return (await iam.refusedTo(role, calls))?.action;
}

describe('the roles are held to', () => {
  test.each<[string, string, ApiCall]>([
    ['this secret', 'RotationRole', ofSecret('GetSecretValue', another)],
    [
      'secrets that this function rotates',
      'RotationRole',
      ofSecret('PutSecretValue', secretArn, reconcileArn),
    ],
    ['the steps of a rotation', 'RotationRole', ofSecret('DeleteSecret')],
    ['no new rotation', 'RotationRole', ofSecret('RotateSecret')],
    [
      'this database',
      'RotationRole',
      call('rds:ModifyDBInstance', 'arn:aws:rds:us-east-1:000000000000:db:others'),
    ],
    [
      'its own bookings, and not the daily run',
      'RotationRole',
      call(
        'scheduler:UpdateSchedule',
        'arn:aws:scheduler:us-east-1:000000000000:schedule/keyturn/daily-reconcile',
      ),
    ],
    ['no other role to pass on', 'RotationRole', impliedByTarget(`${schedulerRole}-of-others`)],
    ['no value to store', 'ReconcileRole', ofSecret('PutSecretValue')],
    [
      'no booking',
      'ReconcileRole',
      call(
        'scheduler:CreateSchedule',
        'arn:aws:scheduler:us-east-1:000000000000:schedule/keyturn/keyturn-1',
      ),
    ],
    ['reading', 'ApplicationPolicy', ofSecret('PutSecretValue')],
    ['this secret too', 'ApplicationPolicy', ofSecret('GetSecretValue', another)],
    ['the reconcile function', 'SchedulerRole', call('lambda:InvokeFunction', rotateArn)],
  ])('%s (%s)', async (_case, role, denied) => {
    expect(await refused(role, denied)).toBe(denied.action);
  });
});

const used = (action: string, secret = secretArn) =>
  impliedByKmsKey(`secretsmanager:${action}`, { keyArn, secretArn: secret });

describe('the key of KMS', () => {
  it('is used through this secret alone', async () => {
    expect(await refused('RotationRole', ...used('GetSecretValue'))).toBeUndefined();
    expect(await refused('RotationRole', ...used('PutSecretValue'))).toBeUndefined();
    expect(await refused('RotationRole', ...used('GetSecretValue', another))).toBe('kms:Decrypt');
  });

  it('is not used directly', async () => {
    expect(await refused('RotationRole', call('kms:Decrypt', keyArn))).toBe('kms:Decrypt');
  });

  it('encrypts nothing for who only reads', async () => {
    expect(await refused('ApplicationPolicy', ...used('GetSecretValue'))).toBeUndefined();
    expect(await refused('ApplicationPolicy', ...used('PutSecretValue'))).toBe(
      'kms:GenerateDataKey',
    );
  });
});

describe('services', () => {
  const rotation = invocableBySecretsManager(iam, new Map([[rotateArn, async () => 'ran']]));
  const group = 'arn:aws:scheduler:us-east-1:000000000000:schedule-group/keyturn';
  const invoke = { action: 'lambda:InvokeFunction', resource: reconcileArn };

  it('invoke the rotation for this secret alone', async () => {
    const run = rotation.get(rotateArn);

    expect(await run?.({ SecretId: secretArn })).toBe('ran');
    await expect(run?.({ SecretId: another })).rejects.toThrow(/not authorized/);
  });

  it('act as a role for this stack’s schedules alone', async () => {
    const scheduler = acting(iam, 'scheduler.amazonaws.com');

    expect(await scheduler(schedulerRole, invoke, group)).toBe(true);
    expect(await scheduler(schedulerRole, invoke, `${group}-of-others`)).toBe(false);
    expect(await acting(iam, 'events.amazonaws.com')(schedulerRole, invoke, group)).toBe(false);
  });
});

describe('the account of what was needed', () => {
  it('names a permission until a call needs it', async () => {
    const fresh = createIam();
    fresh.deploy(template);
    const unused = () => fresh.report().unused;
    const entry = 'keyturn-ReconcileRole: reconcile/Secret secretsmanager:DescribeSecret';
    const role = fresh.role('keyturn-ReconcileRole');
    expect(unused()).toContain(entry);

    if (role) await fresh.refusedTo(role, [ofSecret('DescribeSecret')]);

    expect(unused()).not.toContain(entry);
    expect(fresh.report().denied).toEqual([]);
  });

  it('names a call that nothing grants, and not what was refused after it', async () => {
    const fresh = createIam();
    fresh.deploy(template);
    const role = fresh.role('keyturn-RotationRole');

    const refusals = [ofSecret('DeleteSecret'), ofSecret('GetSecretValue')];
    if (role) await fresh.refusedTo(role, refusals);

    expect(fresh.report().denied).toEqual([
      { principal: role?.arn, action: 'secretsmanager:DeleteSecret', resource: secretArn },
    ]);
  });
});
