import {
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  ListSchedulesCommand,
  type ListSchedulesCommandInput,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { describe, expect, test } from 'vitest';
import { day, functionArn, hour, minute, request, start } from './support.ts';

describe('a schedule that exists', () => {
  test('is shown whole', async () => {
    const { clock, create, get } = await start();
    await create({ Description: 'after the grace', ScheduleExpressionTimezone: 'Europe/Berlin' });

    expect(await get()).toMatchObject({
      Arn: 'arn:aws:scheduler:us-east-1:000000000000:schedule/default/reconcile',
      Name: 'reconcile',
      GroupName: 'default',
      State: 'ENABLED',
      Description: 'after the grace',
      ScheduleExpression: 'at(2026-01-01T01:00:00)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      FlexibleTimeWindow: { Mode: 'OFF' },
      ActionAfterCompletion: 'DELETE',
      CreationDate: clock.now(),
      Target: {
        Arn: functionArn,
        Input: '{"secret":"reminder-app"}',
        RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
      },
    });
  });

  test('can be moved to another time', async () => {
    const { clock, create, client, received } = await start();
    await create();

    await client.send(
      new UpdateScheduleCommand(request({ ScheduleExpression: 'at(2026-01-01T05:00:00)' })),
    );
    await clock.advance(day);

    expect(received.map(({ at }) => at)).toEqual(['2026-01-01T05:00:00.000Z']);
  });

  test('keeps its time when an update is refused', async () => {
    const { clock, create, client, received } = await start();
    await create();

    const update = client.send(new UpdateScheduleCommand(request({ ScheduleExpression: 'soon' })));

    await expect(update).rejects.toMatchObject({ name: 'ValidationException' });
    await clock.advance(day);
    expect(received.map(({ at }) => at)).toEqual(['2026-01-01T01:00:00.000Z']);
  });

  test('that was replaced during its delivery is not deleted with it', async () => {
    const { clock, create, client, failing, functions, scheduler } = await start();
    functions.set(functionArn, failing(1));
    await create();
    await clock.advance(hour);

    await client.send(
      new UpdateScheduleCommand(request({ ScheduleExpression: 'at(2026-01-01T05:00:00)' })),
    );
    await clock.advance(minute);

    expect(scheduler.schedules()).toMatchObject([
      { ScheduleExpression: 'at(2026-01-01T05:00:00)' },
    ]);
  });

  test('is deleted once per client token', async () => {
    const { client, create } = await start();
    const removeOnce = (ClientToken: string) =>
      client.send(new DeleteScheduleCommand({ Name: 'reconcile', ClientToken }));
    await create();

    await removeOnce('one');
    await expect(removeOnce('one')).resolves.toBeDefined();
    await expect(removeOnce('two')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Schedule reconcile does not exist.',
      $metadata: { httpStatusCode: 404 },
    });
  });

  test('is listed by group, prefix and state, in pages', async () => {
    const { create, client } = await start();
    await client.send(new CreateScheduleGroupCommand({ Name: 'keyturn' }));
    await create({ Name: 'a-1', GroupName: 'keyturn' });
    await create({ Name: 'a-2', GroupName: 'keyturn', State: 'DISABLED' });
    await create({ Name: 'b-1' });
    const names = async (input: ListSchedulesCommandInput) => {
      const { Schedules = [], NextToken } = await client.send(new ListSchedulesCommand(input));
      return [...Schedules.map(({ Name }) => Name), ...(NextToken ? ['…'] : [])];
    };

    expect(await names({})).toEqual(['a-1', 'a-2', 'b-1']);
    expect(await names({ GroupName: 'keyturn' })).toEqual(['a-1', 'a-2']);
    expect(await names({ NamePrefix: 'b' })).toEqual(['b-1']);
    expect(await names({ State: 'DISABLED' })).toEqual(['a-2']);
    expect(await names({ MaxResults: 2 })).toEqual(['a-1', 'a-2', '…']);
    expect(await names({ MaxResults: 2, NextToken: '2' })).toEqual(['b-1']);
  });
});
