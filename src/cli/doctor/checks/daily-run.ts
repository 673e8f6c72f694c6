import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { asking, type Caller } from '../clients.ts';
import { findingsOf, type Finding, notVisible } from '../finding.ts';
import { putBack } from './put-back.ts';
import { isNotFound } from './reason.ts';
import type { StackNames } from './stack-names.ts';

interface Wanted {
  readonly stack: StackNames;
  readonly secretArn: string;
  readonly caller: Caller;
}

const { ok, fail } = findingsOf('daily-run');

/** Whether what looks after the secret once a day is still booked, for this secret. */
export async function examineDailyRun(wanted: Wanted): Promise<Finding> {
  const { stack, caller } = wanted;
  try {
    const { State, Target } = await asking(
      (config) => new SchedulerClient(config),
      caller,
      (client, abort) =>
        client.send(
          new GetScheduleCommand({ GroupName: stack.scheduleGroup, Name: 'daily-reconcile' }),
          abort,
        ),
    );
    if (State === 'DISABLED') return off(stack.scheduleGroup);
    const isOurs = Target?.Arn === stack.reconcileArn && Target.Input?.includes(wanted.secretArn);
    return isOurs ? ok('It is booked.') : misdirected();
  } catch (error) {
    if (isNotFound(error)) return gone(stack.scheduleGroup);
    return notVisible('daily-run', 'The daily run', error);
  }
}

const gone = (group: string) =>
  fail('DAILY_RUN_GONE', {
    message:
      `The schedule ${group}/daily-reconcile is gone: superseded credentials whose own run fails live on, and ` +
      'nothing mends what a crash leaves.',
    fix: putBack,
  });

const off = (group: string) =>
  fail('DAILY_RUN_OFF', {
    message: 'The schedule of the daily run is disabled.',
    fix: `${enabled(group)}\n${putBack}`,
  });

/** What is not repeated to EventBridge Scheduler goes back to its default. */
const enabled = (group: string) =>
  `aws scheduler update-schedule --state ENABLED --cli-input-json "$(aws scheduler get-schedule --group-name ${group} --name daily-reconcile --output json --query '{${repeated.map((name) => `${name}: ${name}`).join(', ')}}')"`;

const repeated = [
  'Name',
  'GroupName',
  'Description',
  'ScheduleExpression',
  'ScheduleExpressionTimezone',
  'FlexibleTimeWindow',
  'Target',
];

const misdirected = () =>
  fail('DAILY_RUN_MISDIRECTED', {
    message: 'The daily run calls another function, or looks after another secret.',
    fix: putBack,
  });
