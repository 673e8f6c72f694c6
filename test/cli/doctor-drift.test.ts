import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { GetScheduleCommand, UpdateScheduleCommand } from '@aws-sdk/client-scheduler';
import { UpdateSecretVersionStageCommand } from '@aws-sdk/client-secrets-manager';
import { ListSubscriptionsByTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { production } from '../../src/local/stack/environments.ts';
import { type DoctorRig, startDoctorRig } from './doctor-rig.ts';
import { runKeyturn } from './run-keyturn.ts';

let rig: DoctorRig;
let cloudWatch: CloudWatchClient;

beforeAll(async () => {
  rig = await startDoctorRig();
  cloudWatch = new CloudWatchClient(rig.stack.clientConfig);
});
afterAll(async () => {
  cloudWatch.destroy();
  await rig.stop();
});

const { secretName, stackName, dbUser, rotateArn } = production;
const topic = `arn:aws:sns:us-east-1:000000000000:${stackName}-alarms`;
const failed = `${stackName}-rotation-failed`;

interface Change {
  readonly State?: 'DISABLED';
  readonly Input?: string;
  readonly Arn?: string;
}

test.each<[string, string, Change]>([
  ['is switched off', 'DAILY_RUN_OFF', { State: 'DISABLED' }],
  ['looks after another secret', 'DAILY_RUN_MISDIRECTED', { Input: '{"secret": "other"}' }],
  ['calls another function', 'DAILY_RUN_MISDIRECTED', { Arn: rotateArn }],
])('a daily run that %s', async (_what, code, { State, ...target }) => {
  const names = { GroupName: stackName, Name: 'daily-reconcile' };
  const { Target, ScheduleExpression, FlexibleTimeWindow } = await rig.scheduler.send(
    new GetScheduleCommand(names),
  );
  const whole = { ...names, ScheduleExpression, FlexibleTimeWindow };
  onTestFinished(async () => {
    await rig.scheduler.send(new UpdateScheduleCommand({ ...whole, Target }));
  });
  const changed = { Arn: Target?.Arn, RoleArn: Target?.RoleArn, Input: Target?.Input, ...target };
  await rig.scheduler.send(new UpdateScheduleCommand({ ...whole, State, Target: changed }));

  expect((await rig.doctor()).fails).toEqual([code]);
});

test('an alarm whose actions are switched off', async () => {
  const AlarmNames = [failed];
  onTestFinished(
    async () => void (await cloudWatch.send(new EnableAlarmActionsCommand({ AlarmNames }))),
  );
  await cloudWatch.send(new DisableAlarmActionsCommand({ AlarmNames }));

  const { fails, of } = await rig.doctor();

  expect(fails).toEqual(['ALARM_SILENT']);
  expect(of('ALARM_SILENT')?.message).toContain(failed);
});

test('an alarm that is raised is a warning', async () => {
  const set = (StateValue: 'ALARM' | 'OK') =>
    cloudWatch.send(
      new SetAlarmStateCommand({ AlarmName: failed, StateValue, StateReason: 'a test' }),
    );
  onTestFinished(async () => void (await set('OK')));
  await set('ALARM');

  const { fails, of } = await rig.doctor();

  expect(fails).toEqual([]);
  expect(of('ALARM_RAISED')).toMatchObject({ status: 'warn' });
  expect(of('ALARM_RAISED')?.message).toContain(failed);
});

test('a topic whose subscriber has not confirmed, and then one that has', async () => {
  const subscribe = (Protocol: string, Endpoint: string) =>
    rig.sns.send(new SubscribeCommand({ TopicArn: topic, Protocol, Endpoint }));

  expect((await rig.doctor()).warnings).toEqual(['ALARM_WITHOUT_SUBSCRIBER']);
  await subscribe('email', 'somebody@example.com');
  expect((await rig.doctor()).warnings).toEqual(['ALARM_SUBSCRIPTION_PENDING']);
  await subscribe('sqs', 'arn:aws:sqs:us-east-1:000000000000:alarms');
  const { Subscriptions } = await rig.sns.send(
    new ListSubscriptionsByTopicCommand({ TopicArn: topic }),
  );
  expect(Subscriptions).toHaveLength(2);
  expect((await rig.doctor()).warnings).toEqual([]);
});

test('a commit that stopped between the switch and the label', async () => {
  const good = await rig.read();
  const pending = { ...good, DB_PASSWORD: 'switched-to-already-4T' };
  const { postgres } = rig.stack;
  const { VersionId = '' } = await rig.put(JSON.stringify(pending), ['AWSPENDING']);
  onTestFinished(async () => {
    await postgres.setPassword(dbUser, String(good['DB_PASSWORD']));
    await unlabel('AWSPENDING', VersionId);
  });
  await postgres.setPassword(dbUser, pending.DB_PASSWORD);

  const { fails, of } = await rig.doctor();

  expect(fails).toEqual(['PENDING_STUCK', 'COMMIT_UNFINISHED']);
  expect(of('COMMIT_UNFINISHED')?.key).toBe('DB_PASSWORD');
});

test('nothing is wrong after a rotation, its rollback, and another rotation', async () => {
  const { stack } = rig;
  await rig.rotate();
  expect((await rig.doctor()).fails).toEqual([]);
  const { exitCode } = await runKeyturn(stack, 'rollback', secretName, '--yes');
  expect(exitCode).toBe(0);
  expect((await rig.doctor()).fails).toEqual([]);
  await rig.rotate();
  expect((await rig.doctor()).fails).toEqual([]);
});

test('alarms that are gone, one and then all', async () => {
  await cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames: [failed] }));
  const { fails, of } = await rig.doctor();
  expect(fails).toEqual(['ALARMS_MISSING']);
  expect(of('ALARMS_MISSING')?.message).toContain(failed);

  const others = ['rotation-overdue', 'rotation-off', 'retirement-owed', 'dead-letters'].concat([
    'reconcile-failed',
    'rotate-broken',
    'reconcile-broken',
  ]);
  const AlarmNames = others.map((name) => `${stackName}-${name}`);
  await cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames }));
  const without = await rig.doctor();
  expect(without.fails).toEqual([]);
  expect(without.of('ALARMS_MISSING')?.status).toBe('warn');
});

const unlabel = async (VersionStage: string, RemoveFromVersionId: string) => {
  await rig.client.send(
    new UpdateSecretVersionStageCommand({
      SecretId: secretName,
      VersionStage,
      RemoveFromVersionId,
    }),
  );
};
