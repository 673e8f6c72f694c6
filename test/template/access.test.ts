import { describe, expect, it, test } from 'vitest';
import { deployedStack } from '../../src/local/template/deployed-stack.ts';
import { rolesIn } from '../../src/local/template/roles.ts';
import { template } from './template.ts';

// What the simulated life of a rotation cannot show: that no statement reaches further than it must.

const account = '000000000000';
const arn = (service: string, rest: string) => `arn:aws:${service}:us-east-1:${account}:${rest}`;
const keyArn = arn('kms', 'key/0f1e2d3c');
const adminKeyArn = arn('kms', 'key/4b5a6978');
const adminSecretArn = arn('secretsmanager', 'secret:shop/admin-AbCdEf');
const stateMachineArn = arn('states', 'stateMachine:redeploy');
const secret = arn('secretsmanager', 'secret:reminder-app/production-??????');

const stack = deployedStack({
  name: 'keyturn',
  parameters: {
    Environment: 'production',
    // Together, which the rules refuse: so every statement there can be is here.
    DbInstance: 'orders',
    DbCluster: 'orders',
    DbAdminSecretArn: adminSecretArn,
    DbAdminKmsKeyArn: adminKeyArn,
    RotateTwilio: 'true',
    KmsKeyArn: keyArn,
    SubnetIds: 'subnet-1',
    SecurityGroupIds: 'sg-1',
    ServiceEvents: 'true',
    RedeployStateMachineArn: stateMachineArn,
  },
});
const roles = rolesIn(stack);

const rotatedByThis = {
  StringEquals: {
    'secretsmanager:resource/AllowRotationLambdaArn': arn('lambda', 'function:keyturn-rotate'),
  },
};
const throughThisSecret = {
  StringEquals: { 'kms:ViaService': 'secretsmanager.us-east-1.amazonaws.com' },
  StringLike: { 'kms:EncryptionContext:SecretARN': secret },
};
const throughAdminSecret = {
  StringEquals: {
    'kms:ViaService': 'secretsmanager.us-east-1.amazonaws.com',
    'kms:EncryptionContext:SecretARN': adminSecretArn,
  },
};
const toScheduler = { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } };
const queue = arn('sqs', 'keyturn-DeadLetterQueue');
const schedulerRole = `arn:aws:iam::${account}:role/keyturn-SchedulerRole`;
const logsOf = (name: string) => arn('logs', `log-group:/aws/lambda/keyturn-${name}:*`);

type Reach = readonly [resource: string, condition?: unknown];

const reaches: Readonly<Record<string, Readonly<Record<string, Reach>>>> = {
  RotationRole: {
    Secret: [secret, rotatedByThis],
    KmsKey: [keyArn, throughThisSecret],
    Instance: [arn('rds', 'db:orders')],
    Cluster: [arn('rds', 'cluster:orders')],
    AdminSecret: [adminSecretArn],
    AdminKmsKey: [adminKeyArn, throughAdminSecret],
    Bookings: [arn('scheduler', 'schedule/keyturn/keyturn-*')],
    BookingsRole: [schedulerRole, toScheduler],
    Logs: [logsOf('rotate')],
    Network: ['*'],
  },
  ReconcileRole: {
    Secret: [secret, rotatedByThis],
    KmsKey: [keyArn, throughThisSecret],
    Instance: [arn('rds', 'db:orders')],
    Cluster: [arn('rds', 'cluster:orders')],
    AdminSecret: [adminSecretArn],
    AdminKmsKey: [adminKeyArn, throughAdminSecret],
    GivenUp: [queue],
    TakenUpAgain: [queue],
    Logs: [logsOf('reconcile')],
    Network: ['*'],
  },
  SchedulerRole: {
    Reconcile: [arn('lambda', 'function:keyturn-reconcile')],
    GivenUp: [queue],
  },
  RedeployRole: { Redeploy: [stateMachineArn] },
  ApplicationPolicy: { Secret: [secret], KmsKey: [keyArn, throughThisSecret] },
};

describe('every statement reaches what it must, under its condition, and nothing else', () => {
  it('of all roles', () => {
    expect(roles.map(({ logicalId }) => logicalId).toSorted()).toEqual(
      Object.keys(reaches).toSorted(),
    );
  });

  test.each(roles.map((role) => [role.logicalId, role] as const))('%s', (name, { policies }) => {
    const found = policies.flatMap(({ document }) =>
      document.Statement.map(({ Sid, Resource, Condition }) => [
        Sid,
        Condition === undefined ? [Resource] : [Resource, Condition],
      ]),
    );

    expect(Object.fromEntries(found)).toEqual(reaches[name]);
    expect(found).toHaveLength(Object.keys(reaches[name] ?? {}).length);
  });
});

const ofAccount = { 'aws:SourceAccount': account };

test.each([
  ['RotationRole', 'lambda.amazonaws.com', undefined],
  ['ReconcileRole', 'lambda.amazonaws.com', undefined],
  [
    'SchedulerRole',
    'scheduler.amazonaws.com',
    { ...ofAccount, 'aws:SourceArn': arn('scheduler', 'schedule-group/keyturn') },
  ],
  [
    'RedeployRole',
    'events.amazonaws.com',
    { ...ofAccount, 'aws:SourceArn': arn('events', 'rule/keyturn-redeploy') },
  ],
])('%s is taken on by %s alone', (name, service, bounds) => {
  expect(roles.find(({ logicalId }) => logicalId === name)?.trust).toEqual({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: service },
        Action: 'sts:AssumeRole',
        ...(bounds && { Condition: { StringEquals: bounds } }),
      },
    ],
  });
});

it('lets the two services invoke, each one function for one cause', () => {
  const permissions = stack.resources.filter(({ type }) => type === 'AWS::Lambda::Permission');

  expect(permissions.map(({ properties }) => properties)).toEqual([
    {
      FunctionName: 'keyturn-rotate',
      Action: 'lambda:InvokeFunction',
      Principal: 'secretsmanager.amazonaws.com',
      SourceAccount: account,
      SourceArn: secret,
    },
    {
      FunctionName: 'keyturn-reconcile',
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
      SourceArn: stack.ids['RotationAbandonedRule.Arn'],
    },
  ]);
});

it('attaches its one managed policy to nobody', () => {
  const managed = stack.resources.filter(({ type }) => type === 'AWS::IAM::ManagedPolicy');

  expect(managed.map(({ properties }) => Object.keys(properties).toSorted())).toEqual([
    ['Description', 'PolicyDocument'],
  ]);
});

it('has no other kind of resource that could grant anything', () => {
  const types = new Set(Object.values(template.Resources).map(({ Type }) => Type));

  expect([...types].toSorted()).toEqual([
    'AWS::CloudWatch::Alarm',
    'AWS::CloudWatch::Dashboard',
    'AWS::EC2::SecurityGroup',
    'AWS::EC2::VPCEndpoint',
    'AWS::Events::Rule',
    'AWS::IAM::ManagedPolicy',
    'AWS::IAM::Role',
    'AWS::Lambda::Permission',
    'AWS::Logs::LogGroup',
    'AWS::SNS::Subscription',
    'AWS::SNS::Topic',
    'AWS::SNS::TopicPolicy',
    'AWS::SQS::Queue',
    'AWS::Scheduler::Schedule',
    'AWS::Scheduler::ScheduleGroup',
    'AWS::SecretsManager::RotationSchedule',
    'AWS::Serverless::Function',
  ]);
});

it.each(['RotationFunction', 'ReconcileFunction'])('%s brings no policy of its own', (name) => {
  const { Properties } = template.Resources[name] ?? {};

  expect(Properties).not.toHaveProperty('Policies');
  expect(Properties).not.toHaveProperty('Events');
});
