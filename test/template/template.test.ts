import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Logger } from '@aws-lambda-powertools/logger';
import { describe, expect, it } from 'vitest';
import configure from '../../rotation.config.ts';
import { readEnvironment } from '../../src/handlers/environment.ts';
import { systemClock } from '../../src/handlers/system-clock.ts';
import { wire } from '../../src/handlers/wiring.ts';
import { development, production } from '../../src/local/stack/environments.ts';
import { lambdaContext } from '../../src/local/stack/lambda-context.ts';
import { grantsOf, queueUrl, resolved, template, variablesIn } from './template.ts';

const functions = ['RotationFunction', 'ReconcileFunction'] as const;
const everything = { DbInstance: 'orders', RotateTwilio: 'true' };
const adminSecretArn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/admin-AbCdEf';
const propertiesOf = (name: string) => template.Resources[name]?.Properties;

describe('the secret', () => {
  it('is never declared: nothing of Secrets Manager is but its schedule (F-13)', () => {
    const types = Object.values(template.Resources).map(({ Type }) => Type);

    expect(types.filter((type) => type.startsWith('AWS::SecretsManager::'))).toEqual([
      'AWS::SecretsManager::RotationSchedule',
    ]);
  });

  it('gets its schedule under a logical id that must not change, without a rotation (F-14, F-15)', () => {
    expect(template.Resources['RotationSchedule']).toMatchObject({
      Type: 'AWS::SecretsManager::RotationSchedule',
      DependsOn: 'RotationPermission',
      Metadata: { After: expect.any(Array) },
    });
    expect(resolved(propertiesOf('RotationSchedule'))).toEqual({
      SecretId: development.secretName,
      RotationLambdaARN: '<RotationFunction.Arn>',
      RotateImmediatelyOnUpdate: false,
      RotationRules: { ScheduleExpression: 'cron(0 3 1 * ? *)', Duration: '3h' },
    });
  });

  it.each([
    ['named after the environment', { Environment: 'production' }, production.secretName],
    ['named outright', { Environment: 'production', SecretName: 'shop/live' }, 'shop/live'],
  ])('is the same everywhere, %s', (_case, parameters, name) => {
    const arn = `arn:aws:secretsmanager:eu-west-1:123456789012:secret:${name}-??????`;

    expect(variablesIn(parameters)).toMatchObject({ KEYTURN_SECRET: name });
    expect(resolved(propertiesOf('RotationSchedule'), parameters)).toMatchObject({
      SecretId: name,
    });
    expect(resolved(propertiesOf('RotationPermission'), parameters)).toMatchObject({
      SourceArn: arn,
    });
    for (const role of ['RotationRole', 'ReconcileRole']) {
      expect(grantsOf(role, parameters)).toMatchObject({ Secret: { resource: arn } });
    }
  });
});

describe.each(functions)('%s', (name) => {
  it('declares every variable that is read, so that a local run can override it', () => {
    // Lambda sets the region itself, and lets nobody else.
    const handlers = Object.keys(readEnvironment({})).filter((read) => read !== 'AWS_REGION');
    const declared = Object.keys(variablesIn());

    expect(declared).toEqual(expect.arrayContaining([...handlers, ...namesReadByConfiguration()]));
    expect(propertiesOf(name)).not.toHaveProperty('Environment');
  });

  it('declares no variable that nobody reads', () => {
    const read = new Set([...Object.keys(readEnvironment({})), ...namesReadByConfiguration()]);
    const declared = Object.keys(variablesIn()).filter((variable) => !variable.startsWith('NODE_'));

    expect(declared.filter((variable) => !read.has(variable))).toEqual([]);
  });

  it('reserves no concurrency, under which a rotation could loop', () => {
    const properties = { ...template.Globals.Function, ...propertiesOf(name) };

    expect(properties).not.toHaveProperty('ReservedConcurrentExecutions');
    expect(properties).not.toHaveProperty('ProvisionedConcurrencyConfig');
  });

  it('runs on Node 24 for as long as the local stack lets it', () => {
    expect(resolved(template.Globals.Function)).toMatchObject({
      Runtime: 'nodejs24.x',
      Timeout: Math.round(lambdaContext('').getRemainingTimeInMillis() / 1_000),
    });
  });

  it('logs JSON into a group of its own, which is kept for a time', () => {
    const group = name.replace('Function', 'LogGroup');

    expect(resolved(propertiesOf(name))).toMatchObject({
      LoggingConfig: { LogFormat: 'JSON', LogGroup: `<${group}>` },
    });
    expect(resolved(propertiesOf(group))).toMatchObject({ RetentionInDays: 90 });
  });
});

describe('what the functions need and what the template grants fit together', () => {
  it.each([
    ['nothing but the application’s own key', {}],
    ['an instance', { DbInstance: 'orders' }],
    ['a cluster', { DbCluster: 'orders' }],
    ['Twilio', { RotateTwilio: 'true' }],
    ['all of it', everything],
    ['an API key of Twilio’s', { RotateTwilioApiKey: 'true' }],
    ['a user of an instance', { DbRotator: 'postgres-password', DbInstance: 'orders' }],
    ['a user of a cluster', { DbRotator: 'mysql-password', DbCluster: 'orders', DbUser: 'app' }],
    ['a user at a host', { DbRotator: 'mysql-password', DbHost: 'db', DbPasswords: 'one' }],
    ['a user where the secret says', { DbRotator: 'postgres-password', DbPort: '5433' }],
    [
      'a user whom an administrator looks after',
      { DbRotator: 'postgres-password', DbInstance: 'orders', DbAdminSecretArn: adminSecretArn },
    ],
    [
      'two users',
      {
        DbRotator: 'postgres-alternating',
        DbCluster: 'orders',
        DbUsers: 'app_a,app_b',
        DbAdminSecretArn: adminSecretArn,
      },
    ],
  ])('for %s', (_case, parameters) => {
    const start = () =>
      wire({ variables: variablesIn(parameters), logger: new Logger(), clock: systemClock });

    expect(start).not.toThrow();
  });

  it('and where they do not, the functions refuse to start', () => {
    const variables = { ...variablesIn(), KEYTURN_ROTATE_TWILIO: 'true' };

    const start = () => wire({ variables, logger: new Logger(), clock: systemClock });

    expect(start).toThrow(/it books later runs/);
  });
});

describe('the roles', () => {
  const secretArn =
    'arn:aws:secretsmanager:eu-west-1:123456789012:secret:reminder-app/development-??????';
  const onlyItsRotations = {
    StringEquals: {
      'secretsmanager:resource/AllowRotationLambdaArn':
        'arn:aws:lambda:eu-west-1:123456789012:function:keyturn-rotate',
    },
  };
  const instance = {
    actions: ['rds:DescribeDBInstances', 'rds:ModifyDBInstance'],
    resource: 'arn:aws:rds:eu-west-1:123456789012:db:orders',
  };

  it('let the rotation do no more than it does', () => {
    expect(grantsOf('RotationRole', everything)).toEqual({
      Secret: {
        actions: [
          'secretsmanager:DescribeSecret',
          'secretsmanager:GetSecretValue',
          'secretsmanager:PutSecretValue',
          'secretsmanager:UpdateSecretVersionStage',
        ],
        resource: secretArn,
        only: onlyItsRotations,
      },
      Instance: instance,
      Bookings: {
        actions: ['scheduler:CreateSchedule', 'scheduler:UpdateSchedule'],
        resource: 'arn:aws:scheduler:eu-west-1:123456789012:schedule/<ScheduleGroup>/keyturn-*',
      },
      BookingsRole: {
        actions: ['iam:PassRole'],
        resource: '<SchedulerRole.Arn>',
        only: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
      },
      Logs: logs('<RotationLogGroup.Arn>'),
    });
  });

  it('let reconcile store no value and book nothing', () => {
    expect(grantsOf('ReconcileRole', everything)).toEqual({
      Secret: {
        actions: [
          'secretsmanager:DescribeSecret',
          'secretsmanager:GetSecretValue',
          'secretsmanager:UpdateSecretVersionStage',
        ],
        resource: secretArn,
        only: onlyItsRotations,
      },
      Instance: instance,
      GivenUp: { actions: ['sqs:SendMessage'], resource: '<DeadLetterQueue.Arn>' },
      TakenUpAgain: {
        actions: ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:ReceiveMessage'],
        resource: '<DeadLetterQueue.Arn>',
      },
      Logs: logs('<ReconcileLogGroup.Arn>'),
    });
  });

  it('let Scheduler invoke the reconcile function, and keep what it gave up', () => {
    expect(grantsOf('SchedulerRole')).toEqual({
      Reconcile: {
        actions: ['lambda:InvokeFunction'],
        resource: variablesIn()['KEYTURN_RECONCILE_ARN'],
      },
      GivenUp: { actions: ['sqs:SendMessage'], resource: '<DeadLetterQueue.Arn>' },
    });
    expect(resolved(propertiesOf('SchedulerRole'))).toMatchObject({
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Principal: { Service: 'scheduler.amazonaws.com' },
            Condition: {
              StringEquals: {
                'aws:SourceAccount': '123456789012',
                'aws:SourceArn': '<ScheduleGroup.Arn>',
              },
            },
          },
        ],
      },
    });
  });

  it.each([
    ['no database and no Twilio', {}, ['Secret', 'Logs']],
    ['Twilio alone', { RotateTwilio: 'true' }, ['Secret', 'Bookings', 'BookingsRole', 'Logs']],
    [
      'a cluster alone',
      { DbCluster: 'orders' },
      ['Secret', 'Cluster', 'Bookings', 'BookingsRole', 'Logs'],
    ],
    [
      'a host alone',
      { DbRotator: 'postgres-password', DbHost: 'db.internal' },
      ['Secret', 'Bookings', 'BookingsRole', 'Logs'],
    ],
    [
      'an API key of Twilio’s alone',
      { RotateTwilioApiKey: 'true' },
      ['Secret', 'Bookings', 'BookingsRole', 'Logs'],
    ],
    ['a network', { SubnetIds: 'subnet-1' }, ['Secret', 'Logs', 'Network']],
  ])('grant what is asked for and nothing else: %s', (_case, parameters, expected) => {
    expect(Object.keys(grantsOf('RotationRole', parameters))).toEqual(expected);
  });

  it.each([
    ['RotationRole', 'DbInstance', 'Instance', 'rds:DescribeDBInstances'],
    ['RotationRole', 'DbCluster', 'Cluster', 'rds:DescribeDBClusters'],
    ['ReconcileRole', 'DbInstance', 'Instance', 'rds:DescribeDBInstances'],
    ['ReconcileRole', 'DbCluster', 'Cluster', 'rds:DescribeDBClusters'],
  ])('let %s only ask RDS where the %s of a user is', (role, parameter, statement, action) => {
    const user = { DbRotator: 'postgres-password', [parameter]: 'orders' };

    expect(grantsOf(role, user)[statement]?.actions).toEqual([action]);
  });

  it.each(['RotationRole', 'ReconcileRole'])(
    'let %s read the one secret of an administrator, whatever rotates that',
    (role) => {
      const byAdmin = { DbRotator: 'mysql-password', DbAdminSecretArn: adminSecretArn };

      expect(grantsOf(role, byAdmin)['AdminSecret']).toEqual({
        actions: ['secretsmanager:GetSecretValue'],
        resource: adminSecretArn,
      });
      expect(grantsOf(role, byAdmin)).not.toHaveProperty('AdminKmsKey');
    },
  );

  it('name what they grant, but for the network, which Lambda itself makes', () => {
    const all = { ...everything, DbCluster: 'orders', SubnetIds: 'subnet-1' };
    const grants = ['RotationRole', 'ReconcileRole', 'SchedulerRole'].flatMap((role) =>
      Object.entries(grantsOf(role, all)),
    );

    const unbounded = grants.filter(([, { resource }]) => resource === '*');

    expect(new Set(unbounded.map(([name]) => name))).toEqual(new Set(['Network']));
    expect(grants.flatMap(([, { actions }]) => actions).join()).not.toContain('*');
  });

  it('grant every call that src/aws makes, and no other', () => {
    const all = { ...everything, DbCluster: 'orders' };
    const { GivenUp: usedByLambda, ...ofReconcile } = grantsOf('ReconcileRole', all);
    const granted = [grantsOf('RotationRole', all), ofReconcile]
      .flatMap((grants) => Object.values(grants))
      .flatMap(({ actions }) => actions)
      .filter((action) => /^(secretsmanager|rds|scheduler|sqs):/.test(action))
      .map((action) => action.replace(/^.*:/, ''));

    expect(usedByLambda).toBeDefined();
    expect(new Set(granted)).toEqual(new Set(commandsSent()));
  });
});

it('lets Secrets Manager invoke the rotation for this account and this secret alone', () => {
  expect(resolved(propertiesOf('RotationPermission'))).toEqual({
    FunctionName: '<RotationFunction>',
    Action: 'lambda:InvokeFunction',
    Principal: 'secretsmanager.amazonaws.com',
    SourceAccount: '123456789012',
    SourceArn:
      'arn:aws:secretsmanager:eu-west-1:123456789012:secret:reminder-app/development-??????',
  });
});

it('names the reconcile function as it is named', () => {
  const { FunctionName: name } = Object(resolved(propertiesOf('ReconcileFunction')));

  expect(variablesIn()['KEYTURN_RECONCILE_ARN']).toBe(
    `arn:aws:lambda:eu-west-1:123456789012:function:${name}`,
  );
});

it('reconciles daily, and keeps in an encrypted queue what failed for good', () => {
  expect(resolved(propertiesOf('DailyReconcile'))).toMatchObject({
    GroupName: '<ScheduleGroup>',
    Target: {
      Arn: '<ReconcileFunction.Arn>',
      Input: '{"secret": "<RotationSchedule>"}',
      DeadLetterConfig: { Arn: '<DeadLetterQueue.Arn>' },
    },
  });
  expect(resolved(propertiesOf('ReconcileFunction'))).toMatchObject({
    EventInvokeConfig: {
      DestinationConfig: { OnFailure: { Type: 'SQS', Destination: '<DeadLetterQueue.Arn>' } },
    },
  });
  expect(propertiesOf('DeadLetterQueue')).toMatchObject({ SqsManagedSseEnabled: true });
  expect(variablesIn()).toMatchObject({
    KEYTURN_DEAD_LETTER_ARN: '<DeadLetterQueue.Arn>',
    KEYTURN_DEAD_LETTER_URL: queueUrl,
  });
});

it('refers to nothing in a circle', () => {
  const circular = Object.keys(template.Resources).filter((name) => neededBy(name).has(name));

  expect(circular).toEqual([]);
});

const logs = (resource: string) => ({
  actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  resource,
});

/** Everything rotation.config.ts looks at when every answer is a yes, whatever the database's rotator. */
function namesReadByConfiguration(): readonly string[] {
  const read = new Set<string>();
  const answers: Record<string, string> = {};
  for (const rotator of template.Parameters['DbRotator']?.AllowedValues ?? []) {
    const watched = new Proxy(answers, {
      get(_, name) {
        read.add(String(name));
        return name === 'KEYTURN_DB_ROTATOR' ? rotator : 'true';
      },
    });
    configure(watched);
  }
  return [...read];
}

/** The names of the commands that the real ends send, as IAM calls them. */
function commandsSent(): readonly string[] {
  const directory = join(import.meta.dirname, '../../src/aws');
  const sources = readdirSync(directory).map((file) => readFileSync(join(directory, file), 'utf8'));
  return sources.flatMap((source) =>
    [...source.matchAll(/new (?:sdk\.)?(\w+)Command\(/g)].map(([, name = '']) => name),
  );
}

/** All resources that CloudFormation makes before this one. */
function neededBy(name: string): ReadonlySet<string> {
  const needed = new Set(referredIn(name));
  for (const id of needed) {
    for (const further of referredIn(id)) needed.add(further);
  }
  return needed;
}

function referredIn(name: string): readonly string[] {
  const resource = template.Resources[name];
  const globals = name.endsWith('Function') ? template.Globals.Function : {};
  const text = JSON.stringify([resource, globals]);
  const referred = [
    ...text.matchAll(/"Ref":"(\w+)"/g),
    ...text.matchAll(/"Fn::GetAtt":"(\w+)\./g),
    ...text.matchAll(/\$\{(\w+)\}/g),
  ].map(([, id = '']) => id);
  return [...referred, resource?.DependsOn ?? ''].filter((id) => id in template.Resources);
}
