import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import { asking, type Caller } from '../clients.ts';
import { type Examined, findingsOf, type Finding, notVisible } from '../finding.ts';
import { putBack } from './put-back.ts';

const { ok, warn, fail } = findingsOf('alarms');

/** The template's alarms, after the name of the stack. */
const alarmNames = [
  'dead-letters',
  'reconcile-broken',
  'reconcile-failed',
  'retirement-owed',
  'rotate-broken',
  'rotation-failed',
  'rotation-off',
  'rotation-overdue',
] as const;

/** Whether the alarms are there and tell somebody; finds the topics that they tell. */
export async function examineAlarms(
  stackName: string,
  caller: Caller,
): Promise<Examined<readonly string[]>> {
  try {
    const { MetricAlarms = [] } = await asking(
      (config) => new CloudWatchClient(config),
      caller,
      (client, abort) =>
        client.send(
          new DescribeAlarmsCommand({
            AlarmNames: alarmNames.map((name) => `${stackName}-${name}`),
          }),
          abort,
        ),
    );
    return judged(stackName, MetricAlarms);
  } catch (error) {
    return { findings: [notVisible('alarms', 'The alarms', error)] };
  }
}

function judged(stackName: string, all: readonly MetricAlarm[]): Examined<readonly string[]> {
  const ours = alarmNames.flatMap(
    (name) => all.find(({ AlarmName }) => AlarmName === `${stackName}-${name}`) ?? [],
  );
  if (ours.length === 0) return { findings: [none()] };
  const missing = alarmNames.filter(
    (name) => !ours.some(({ AlarmName }) => AlarmName === `${stackName}-${name}`),
  );
  const silent = ours.filter(
    ({ ActionsEnabled, AlarmActions = [] }) =>
      ActionsEnabled === false || AlarmActions.length === 0,
  );
  const raised = ours.filter(({ StateValue }) => StateValue === 'ALARM');
  const problems = [
    ...(missing.length > 0 ? [some(missing.map((name) => `${stackName}-${name}`))] : []),
    ...(silent.length > 0 ? [mute(namesOf(silent))] : []),
    ...(raised.length > 0 ? [ringing(namesOf(raised))] : []),
  ];
  const actions = ours.flatMap(({ AlarmActions = [] }) => AlarmActions);
  return {
    findings: problems.length > 0 ? problems : [ok(`All ${ours.length} are there, and quiet.`)],
    found: [...new Set(actions.filter((action) => /^arn:[\w-]+:sns:/.test(action)))],
  };
}

const namesOf = (alarms: readonly MetricAlarm[]) =>
  alarms.map(({ AlarmName }) => AlarmName ?? '').join(', ');

const none = (): Finding =>
  warn('ALARMS_MISSING', {
    message: 'The stack has no alarms: nobody is told when a rotation fails, or none comes.',
    fix: 'Deploy it with Alarms=true, unless something else watches the metrics.',
  });

const some = (missing: readonly string[]) =>
  fail('ALARMS_MISSING', {
    message: `Alarms of the template are gone: ${missing.join(', ')}.`,
    fix: `Deploy it with Alarms=false, and then again with Alarms=true. ${putBack}`,
  });

const mute = (names: string) =>
  fail('ALARM_SILENT', {
    message: `Alarms that tell nobody, their actions being off or none: ${names}.`,
    fix: `aws cloudwatch enable-alarm-actions --alarm-names ${names.replaceAll(',', '')}\nOne that has no action is not mended by that. ${putBack}`,
  });

const ringing = (names: string) =>
  warn('ALARM_RAISED', {
    message: `Raised at this moment: ${names}.`,
    fix: "Each alarm's description says what it is about, and docs/operating.md#alarms what to do.",
  });
