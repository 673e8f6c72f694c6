import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';
import { describe, expect, test, vi } from 'vitest';
import { localAccount } from '../../src/local/aws-service.ts';
import type { LocalIam } from '../../src/local/iam/create-iam.ts';
import { acting } from '../../src/local/iam/services.ts';
import { credentialsOf } from '../../src/local/iam/guard.ts';
import { everyKey, strategies } from '../../src/local/strategies/list.ts';
import type { Strategy } from '../../src/local/strategies/strategy.ts';
import { templateOf } from '../../src/local/stack/deployment.ts';
import { production } from '../../src/local/stack/environments.ts';
import type { DeployedStack, Parameters } from '../../src/local/template/deployed-stack.ts';
import { startRig, type Rig } from './support.ts';

const { dbInstance, secretName, secretArn, rotateArn, reconcileArn, stackName } = production;
const kmsKeyArn = 'arn:aws:kms:us-east-1:000000000000:key/0f1e2d3c';

const nothing = { DbInstance: '', RotateTwilio: 'false' };
const instance = { DbInstance: dbInstance, RotateTwilio: 'false' };
const cluster = { DbInstance: '', DbCluster: dbInstance, RotateTwilio: 'false' };
const twilio = { DbInstance: '', RotateTwilio: 'true' };
const adminKmsKeyArn = 'arn:aws:kms:us-east-1:000000000000:key/4b5a6978';
const network = { SubnetIds: 'subnet-1', SecurityGroupIds: 'sg-1' };

/** Parameters beside those of the strategy, and the strategy: one key of each kind by default. */
type ParameterSet = readonly [title: string, parameters: Parameters, strategy?: Strategy];

const strategyOf = (name: string) => strategies.find((each) => each.name === name) ?? everyKey;

/** The administrator's secret has a key of its own in KMS. */
const withAdminKey = (strategy: Strategy): Strategy => ({
  ...strategy,
  setUp: ({ secretsManager, ...ground }) =>
    strategy.setUp({
      ...ground,
      secretsManager: {
        ...secretsManager,
        createSecret: (seed) => secretsManager.createSecret({ ...seed, kmsKeyId: adminKmsKeyArn }),
      },
    }),
});

const atRds = { DbInstance: dbInstance, DbHost: '', DbPort: '' };
const alternating = strategyOf('postgres-alternating');

const sets: readonly ParameterSet[] = [
  ['the application’s own key alone', nothing],
  ['an instance', instance],
  ['a cluster', cluster],
  ['Twilio', twilio],
  ['an instance and Twilio', {}],
  ['a cluster and Twilio, in a network', { ...cluster, RotateTwilio: 'true', ...network }],
  ['the application’s own key, with a key of KMS', { ...nothing, KmsKeyArn: kmsKeyArn }],
  ['all of it, with a key of KMS, in a network', { KmsKeyArn: kmsKeyArn, ...network }],
  [
    'events, and an application that is redeployed',
    {
      ...nothing,
      ServiceEvents: 'true',
      RedeployStateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:redeploy',
    },
  ],
  ['a secret by its name', { ...nothing, Environment: 'testing', SecretName: secretName }],
  ['a user, at a host', {}, strategyOf('postgres-password')],
  ['a user of an instance', atRds, strategyOf('postgres-password')],
  [
    'a user of a cluster, in a network',
    { ...atRds, DbInstance: '', DbCluster: dbInstance, ...network },
    strategyOf('postgres-password'),
  ],
  ['two users and an administrator', {}, alternating],
  ['two users of an instance, and Twilio', { ...atRds, RotateTwilio: 'true' }, alternating],
  [
    'two users and an administrator, each secret with its key of KMS',
    { KmsKeyArn: kmsKeyArn, DbAdminKmsKeyArn: adminKmsKeyArn },
    withAdminKey(alternating),
  ],
  ['an API key of Twilio’s', {}, strategyOf('twilio-api-key')],
];

const cases = sets.map(([title, parameters, strategy = everyKey]) => ({
  title,
  parameters,
  strategy,
}));

describe.each(cases)('with $title', ({ parameters, strategy }) => {
  test('every call is granted, and everything granted is needed', async () => {
    const rig = await startRig({ grace: '1s', parameters, strategy });
    try {
      await aLife(rig, parameters, strategy);
    } finally {
      await rig.stop();
    }

    const { denied, unused } = rig.stack.iam?.report() ?? {};
    expect(denied).toEqual([]);
    expect(unused?.filter((entry) => entry.startsWith(stackName))).toEqual([]);
  }, 60_000);
});

/** Everything that can become of a rotation: it succeeds, fails, is undone, taken back, mended. */
async function aLife(rig: Rig, parameters: Parameters, strategy: Strategy): Promise<void> {
  rig.stack.lambda.behaviour.retryDelaysMs = [10, 20];
  await read(rig);
  expect((await rig.rotate({ RotateImmediately: false })).outcome).toBe('TestRotationSucceeded');
  expect((await rig.rotate()).outcome).toBe('RotationSucceeded');
  await commitTogether(rig);
  await rollBack(rig);
  await rig.rotate();
  if (strategy.grace && parameters['RotateTwilio'] !== 'false') await graceEnd(rig);
  const ofRds = parameters['DbInstance'] !== '' || 'DbCluster' in parameters;
  const switchesMaster = strategy === everyKey && ofRds;
  if (switchesMaster || strategy.name === 'postgres-password') await heal(rig);
  if (switchesMaster) await beUndone(rig);
  await failForGood(rig);
  await fireDaily(rig);
  await matchRules(rig, parameters);
  await deliverToNothing(rig);
  await takeUpLetters(rig);
}

/** As the application: by its own policy. */
async function read({ stack }: Rig): Promise<void> {
  const application = new SecretsManagerClient({
    ...stack.clientConfig,
    credentials: credentialsOf(production.applicationRole),
  });
  await application.send(new GetSecretValueCommand({ SecretId: secretName }));
  application.destroy();
}

/** Two commits at once, and a third: what they book, one of them has booked already. */
async function commitTogether(rig: Rig): Promise<void> {
  const step = begin(rig);
  for (const name of ['createSecret', 'setSecret', 'testSecret']) {
    await invoke(rig, rotateArn, step(name));
  }
  const commit = () => invoke(rig, rotateArn, step('finishSecret'));
  await Promise.allSettled([commit(), commit()]);
  await commit();
}

/** Where RotateSecret puts the secret. Answers the events of that rotation. */
function begin({ stack }: Rig) {
  const token = crypto.randomUUID();
  stack.secretsManager.beginRotation(secretArn, { token, functionArn: rotateArn });
  return (Step: string) => ({ Step, SecretId: secretArn, ClientRequestToken: token });
}

/** By the run that Scheduler was booked for. */
async function graceEnd({ stack }: Rig): Promise<void> {
  const superseded = () => stack.secretsManager.inspect(secretName, 'AWSPREVIOUS')?.stages;
  await vi.waitFor(() => expect(superseded()).toContain('KEYTURN_RETIRED'), { timeout: 10_000 });
}

const rollBack = (rig: Rig) =>
  invoke(rig, rotateArn, { Operation: 'rollback', SecretId: secretArn });

/** From its third step on RDS keeps the password itself, and what was prepared is taken back. */
async function beUndone(rig: Rig): Promise<void> {
  const { rds, secretsManager, postgres } = rig.stack;
  const step = begin(rig);
  await invoke(rig, rotateArn, step('createSecret'));
  await invoke(rig, rotateArn, step('setSecret'));
  const database = {
    identifier: dbInstance,
    engine: 'postgres',
    masterUsername: production.dbUser,
    endpoint: { address: postgres.host, port: postgres.port },
    applyMasterPassword: (password: string) => postgres.setPassword(production.dbUser, password),
  };
  const masterUserSecret = { secretArn: `${secretArn}-of-rds` };
  rds.addInstance({ ...database, masterUserSecret });
  rds.addCluster({ ...database, masterUserSecret });

  await expect(invoke(rig, rotateArn, step('testSecret'))).rejects.toThrow('Unhandled');
  expect(secretsManager.inspect(secretName, 'AWSPENDING')).toBeUndefined();
  rds.addInstance(database);
  rds.addCluster(database);
}

/** A value that nobody can read fails a rotation, and the daily run until it is a dead letter. */
async function failForGood(rig: Rig): Promise<void> {
  const values = await rig.read();
  await put(rig, 'no JSON');
  expect((await rig.rotate()).outcome).toBe('RotationFailed');
  await invoke(rig, reconcileArn, { secret: secretArn }, 'Event');
  const queue = rig.stack.sqs.createQueue(production.deadLetterQueue);
  await vi.waitFor(() => expect(queue.messages).not.toEqual([]), { timeout: 8_000 });

  await put(rig, JSON.stringify(values));
  await vi.waitFor(async () => {
    await invoke(rig, reconcileArn, { secret: secretArn });
    expect(queue.messages).toEqual([]);
  });
}

/** The database has the password of the version before the one that is published. */
async function heal(rig: Rig): Promise<void> {
  const { secretString = '' } = rig.stack.secretsManager.inspect(secretName, 'AWSPREVIOUS') ?? {};
  await rig.stack.postgres.setPassword(production.dbUser, JSON.parse(secretString).DB_PASSWORD);
  await invoke(rig, reconcileArn, { secret: secretArn });
}

/** The template's daily run, by Scheduler, at once. */
async function fireDaily(rig: Rig): Promise<void> {
  const daily = rig.stack.scheduler
    .schedules()
    .find(({ GroupName, Name }) => GroupName === stackName && Name === 'daily-reconcile');
  const before = rig.lines.length;
  await scheduleNow(rig, daily?.Target.Arn ?? '');
  await vi.waitFor(
    () => {
      const messages = rig.lines.slice(before).map(({ message }) => message);
      expect(messages).toContain('reconcile done');
    },
    { timeout: 10_000 },
  );
}

/** What EventBridge does when an event matches. It has no stand-in, so it is asked for and not done. */
async function matchRules({ stack: { iam } }: Rig, parameters: Parameters): Promise<void> {
  if (!iam) throw new Error('The policies are not enforced.');
  const template = templateOf(production, '1s', parameters);
  const rules = template.resources.filter(({ type }) => type === 'AWS::Events::Rule');
  for (const { logicalId, properties } of rules) {
    const ruleArn = String(template.ids[`${logicalId}.Arn`]);
    for (const target of v.parse(targets, properties).Targets) {
      expect(await reaches(iam, template, { ruleArn, ...target })).toBe(true);
    }
  }
}

const targets = v.object({
  Targets: v.array(v.object({ Arn: v.string(), RoleArn: v.optional(v.string()) })),
});

type Target = v.InferOutput<typeof targets>['Targets'][number] & { readonly ruleArn: string };

/** Whether the role of a target, or else the target's own policy, lets a rule use it. */
async function reaches(iam: LocalIam, template: DeployedStack, target: Target): Promise<boolean> {
  const { Arn: resource, RoleArn: roleArn, ruleArn } = target;
  const service = 'events.amazonaws.com';
  const context = { 'aws:SourceAccount': localAccount, 'aws:SourceArn': ruleArn };
  const [, , kind = ''] = resource.split(':');
  const action = { lambda: 'lambda:InvokeFunction', sns: 'sns:Publish' }[kind];
  if (roleArn)
    return acting(iam, service)(roleArn, { action: 'states:StartExecution', resource }, ruleArn);

  const topicPolicy = template.resources.find(({ type }) => type === 'AWS::SNS::TopicPolicy');
  const policy =
    iam.function(resource)?.resourcePolicy ?? topicPolicy?.properties['PolicyDocument'];
  const call = { action: action ?? '', resource, context };
  return (await iam.refusedToService(service, call, policy)) === undefined;
}

/** A function that is not there, so that Scheduler keeps what it cannot deliver. */
async function deliverToNothing(rig: Rig): Promise<void> {
  const queue = rig.stack.sqs.createQueue(production.deadLetterQueue);
  await scheduleNow(rig, `${reconcileArn}-gone`);
  await vi.waitFor(() => expect(queue.messages).toHaveLength(1), { timeout: 10_000 });
}

/** The daily run makes up for one, and puts back what it cannot read. */
async function takeUpLetters(rig: Rig): Promise<void> {
  const queue = rig.stack.sqs.createQueue(production.deadLetterQueue);
  queue.send({ body: 'no letter' });
  await invoke(rig, reconcileArn, { secret: secretArn });
  expect(queue.messages).toHaveLength(1);
}

async function scheduleNow({ stack }: Rig, functionArn: string): Promise<void> {
  const schedules = stack.scheduler.schedules();
  const daily = schedules.find(({ GroupName }) => GroupName === stackName);
  const scheduler = new SchedulerClient(stack.clientConfig);
  const at = new Date(Date.now() + 1_500).toISOString().slice(0, 19);
  await scheduler.send(
    new CreateScheduleCommand({
      Name: `now-${crypto.randomUUID()}`,
      GroupName: stackName,
      ScheduleExpression: `at(${at})`,
      FlexibleTimeWindow: { Mode: 'OFF' },
      ActionAfterCompletion: 'DELETE',
      Target: {
        Arn: functionArn,
        RoleArn: daily?.Target.RoleArn,
        Input: JSON.stringify({ secret: secretArn }),
        DeadLetterConfig: daily?.Target.DeadLetterConfig,
      },
    }),
  );
  scheduler.destroy();
}

async function put({ client }: Rig, text: string): Promise<void> {
  await client.send(new PutSecretValueCommand({ SecretId: secretName, SecretString: text }));
}

async function invoke(
  { stack }: Rig,
  functionArn: string,
  event: object,
  InvocationType: 'RequestResponse' | 'Event' = 'RequestResponse',
): Promise<void> {
  const lambda = new LambdaClient(stack.clientConfig);
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({
      FunctionName: functionArn,
      InvocationType,
      Payload: JSON.stringify(event),
    }),
  );
  lambda.destroy();
  expect(FunctionError, Payload?.transformToString()).toBeUndefined();
}
