import { DeleteScheduleCommand } from '@aws-sdk/client-scheduler';
import { describe, expect, test } from 'vitest';
import { day, hour, start, target } from './support.ts';

describe('a one-time schedule', () => {
  test('invokes its function at its time, with its input, and is gone', async () => {
    const { clock, create, get, received } = await start();
    await create();

    await clock.advance(hour - 1);
    expect(received).toEqual([]);
    await clock.advance(1);

    expect(received).toEqual([
      { at: '2026-01-01T01:00:00.000Z', event: { secret: 'reminder-app' } },
    ]);
    await expect(get()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('stays without ActionAfterCompletion, and is not due again', async () => {
    const { clock, create, get, received } = await start();
    await create({ ActionAfterCompletion: 'NONE' });

    await clock.advance(day);

    expect(received).toHaveLength(1);
    expect(await get()).toMatchObject({ Name: 'reconcile', State: 'ENABLED' });
  });

  test.each([
    ['Europe/Berlin', 'at(2026-01-01T03:00:00)'],
    ['America/New_York', 'at(2025-12-31T21:00:00)'],
    ['UTC', 'at(2026-01-01T02:00:00)'],
  ])('is due in the time zone %s', async (timezone, expression) => {
    const { clock, create, received } = await start();
    await create({ ScheduleExpression: expression, ScheduleExpressionTimezone: timezone });

    await clock.advance(day);

    expect(received).toMatchObject([{ at: '2026-01-01T02:00:00.000Z' }]);
  });

  test('in the past is due at once', async () => {
    const { clock, create, received } = await start();
    await create({ ScheduleExpression: 'at(2025-06-01T00:00:00)' });

    await clock.advance(0);

    expect(received).toHaveLength(1);
  });

  test('in the past is refused where that is chosen', async () => {
    const { create, scheduler } = await start();
    scheduler.behaviour.pastAt = 'refuse';

    const creating = create({ ScheduleExpression: 'at(2025-06-01T00:00:00)' });

    await expect(creating).rejects.toMatchObject({ name: 'ValidationException' });
    expect(scheduler.schedules()).toEqual([]);
  });

  test('further away than a timer can be is due at its time', async () => {
    const { clock, create, received } = await start();
    const unlimited = clock.after.bind(clock);
    clock.after = (ms, callback) => unlimited(Math.min(ms, 2 ** 31 - 1), callback);
    await create({ ScheduleExpression: 'at(2026-04-01T00:00:00)' });

    await clock.advance(90 * day - 1);
    expect(received).toEqual([]);
    await clock.advance(1);

    expect(received).toHaveLength(1);
  });

  test('is late by the precision that is chosen', async () => {
    const { clock, create, received, scheduler } = await start();
    scheduler.behaviour.precisionMs = 45_000;
    await create();

    await clock.advance(hour + 44_999);
    expect(received).toEqual([]);
    await clock.advance(1);

    expect(received).toHaveLength(1);
  });

  test('is delivered twice where that is chosen', async () => {
    const { clock, create, received, scheduler } = await start();
    scheduler.behaviour.deliverTwice = true;
    await create();

    await clock.advance(day);

    expect(received).toHaveLength(2);
    expect(scheduler.schedules()).toEqual([]);
  });

  test('that is disabled, deleted or cancelled by close is not delivered', async () => {
    const { clock, create, client, received, scheduler } = await start();
    await create({ Name: 'disabled', State: 'DISABLED' });
    await create({ Name: 'deleted' });
    await client.send(new DeleteScheduleCommand({ Name: 'deleted' }));
    await create({ Name: 'closed' });
    await scheduler.close();

    await clock.advance(day);

    expect(received).toEqual([]);
  });

  test('fills in the placeholders of its input', async () => {
    const { clock, create, received } = await start();
    const Input = '{"arn":"<aws.scheduler.schedule-arn>","at":"<aws.scheduler.scheduled-time>"}';
    await create({ Target: target({ Input }) });

    await clock.advance(hour);

    expect(received[0]?.event).toEqual({
      arn: 'arn:aws:scheduler:us-east-1:000000000000:schedule/default/reconcile',
      at: '2026-01-01T01:00:00Z',
    });
  });

  test('without an input delivers an event of its own', async () => {
    const { clock, create, received } = await start();
    await create({ Target: target({ Input: undefined }) });

    await clock.advance(hour);

    expect(received[0]?.event).toMatchObject({ source: 'aws.scheduler' });
  });
});
