import {
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
  paginateDescribeAlarms,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  ListSubscriptionsByTopicCommand,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import { describe, expect, test } from 'vitest';
import { production } from '../../../src/local/stack/environments.ts';
import { allowing, startOperators, userWith, type Operators } from './support.ts';

const { stackName } = production;
const TopicArn = `arn:aws:sns:us-east-1:000000000000:${stackName}-alarms`;
const name = `${stackName}-rotation-failed`;

async function described({ alarms }: Operators, AlarmName = name) {
  const { MetricAlarms = [] } = await alarms.send(
    new DescribeAlarmsCommand({ AlarmNames: [AlarmName] }),
  );
  return MetricAlarms[0];
}

describe('the alarms', () => {
  test('are those of the template, by the beginning of their names', async () => {
    const { alarms } = await startOperators();

    const { MetricAlarms = [] } = await alarms.send(
      new DescribeAlarmsCommand({ AlarmNamePrefix: `${stackName}-` }),
    );

    expect(MetricAlarms).toHaveLength(8);
    expect(MetricAlarms.map(({ AlarmActions }) => AlarmActions)).toEqual(
      MetricAlarms.map(() => [TopicArn]),
    );
    expect(MetricAlarms[0]).toMatchObject({
      AlarmName: `${stackName}-rotation-overdue`,
      AlarmArn: `arn:aws:cloudwatch:us-east-1:000000000000:alarm:${stackName}-rotation-overdue`,
      ActionsEnabled: true,
      StateValue: 'INSUFFICIENT_DATA',
      Threshold: 0,
    });
  });

  test('come in pages, each once', async () => {
    const { alarms } = await startOperators();
    const names: unknown[] = [];

    const pages = paginateDescribeAlarms({ client: alarms, pageSize: 3 }, {});
    for await (const { MetricAlarms = [] } of pages) {
      expect(MetricAlarms.length).toBeLessThanOrEqual(3);
      names.push(...MetricAlarms.map(({ AlarmName }) => AlarmName));
    }

    expect(names).toHaveLength(8);
    expect(new Set(names).size).toBe(8);
  });

  test('are none where the template makes none', async () => {
    const { alarms } = await startOperators({ parameters: { Alarms: 'false' } });

    expect(await alarms.send(new DescribeAlarmsCommand({}))).toMatchObject({ MetricAlarms: [] });
  });

  test('are switched off and on, set, and deleted', async () => {
    const started = await startOperators();
    const { alarms } = started;
    const AlarmNames = [name];

    await alarms.send(new DisableAlarmActionsCommand({ AlarmNames }));
    expect(await described(started)).toMatchObject({ ActionsEnabled: false });
    await alarms.send(new EnableAlarmActionsCommand({ AlarmNames }));
    expect(await described(started)).toMatchObject({ ActionsEnabled: true });
    const state = { AlarmName: name, StateValue: 'ALARM', StateReason: 'it failed' } as const;
    await alarms.send(new SetAlarmStateCommand(state));
    expect(await described(started)).toMatchObject(state);
    await alarms.send(new DeleteAlarmsCommand({ AlarmNames }));
    expect(await described(started)).toBeUndefined();
  });

  test('are not deleted that are not there, and not described to who may not', async () => {
    const started = await startOperators();
    const { alarms } = started.as(await userWith(started, [allowing('sns:*')]));

    await expect(
      started.alarms.send(new DeleteAlarmsCommand({ AlarmNames: ['nothing'] })),
    ).rejects.toMatchObject({ name: expect.stringContaining('ResourceNotFound') });
    await expect(alarms.send(new DescribeAlarmsCommand({}))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('because no identity-based policy allows'),
    });
  });
});

const heardBy = async ({ topics }: Operators) => {
  const { Subscriptions } = await topics.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
  return Subscriptions ?? [];
};

describe('who hears of them', () => {
  test('is nobody, where no address was given', async () => {
    expect(await heardBy(await startOperators())).toEqual([]);
  });

  test('is an address that has yet to confirm', async () => {
    const started = await startOperators({ parameters: { AlarmEmail: 'ops@example.com' } });

    expect(await heardBy(started)).toEqual([
      {
        SubscriptionArn: 'PendingConfirmation',
        Owner: '000000000000',
        Protocol: 'email',
        Endpoint: 'ops@example.com',
        TopicArn,
      },
    ]);
  });

  test('is whoever subscribes, until they leave: a queue at once', async () => {
    const started = await startOperators();
    const queue = 'arn:aws:sqs:us-east-1:000000000000:alarms';

    const { SubscriptionArn = '' } = await started.topics.send(
      new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queue }),
    );

    expect(SubscriptionArn.startsWith(`${TopicArn}:`)).toBe(true);
    expect(await heardBy(started)).toMatchObject([{ Endpoint: queue, SubscriptionArn }]);
    await started.topics.send(new UnsubscribeCommand({ SubscriptionArn }));
    expect(await heardBy(started)).toEqual([]);
  });

  test('is known of the topic that the template is told of', async () => {
    const AlarmTopicArn = 'arn:aws:sns:us-east-1:000000000000:operators';
    const { topics } = await startOperators({ parameters: { AlarmTopicArn } });
    const listing = (arn: string) =>
      topics.send(new ListSubscriptionsByTopicCommand({ TopicArn: arn }));

    expect((await listing(AlarmTopicArn)).Subscriptions ?? []).toEqual([]);
    await expect(listing(TopicArn)).rejects.toMatchObject({ name: 'NotFoundException' });
  });
});
