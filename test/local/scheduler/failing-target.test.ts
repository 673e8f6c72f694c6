import { describe, expect, test } from 'vitest';
import type { Delivery } from '../../../src/local/scheduler/delivery.ts';
import { day, functionArn, hour, start, target } from './support.ts';

const queueArn = 'arn:aws:sqs:us-east-1:000000000000:failed';

describe('a function that throws', () => {
  test('is tried again, later every time, until it succeeds', async () => {
    const { clock, create, failing, functions, received, scheduler } = await start();
    functions.set(functionArn, failing(3));
    const told: Delivery[] = [];
    scheduler.onDelivery((delivery) => told.push(delivery));
    await create();

    await clock.advance(hour + 6_999);
    expect(received).toHaveLength(3);
    expect(scheduler.schedules()).toHaveLength(1);
    await clock.advance(1);

    expect(received.map(({ at }) => at)).toEqual([
      '2026-01-01T01:00:00.000Z',
      '2026-01-01T01:00:01.000Z',
      '2026-01-01T01:00:03.000Z',
      '2026-01-01T01:00:07.000Z',
    ]);
    expect(told.map(({ outcome, errorName }) => [outcome, errorName])).toEqual([
      ['will-retry', 'TypeError'],
      ['will-retry', 'TypeError'],
      ['will-retry', 'TypeError'],
      ['delivered', undefined],
    ]);
    expect(scheduler.deadLetters).toEqual([]);
    expect(scheduler.schedules()).toEqual([]);
  });

  test('ends as a dead letter when the attempts are used up', async () => {
    const { clock, create, failing, functions, received, scheduler } = await start();
    functions.set(functionArn, failing(Infinity));
    await create({
      Target: target({
        RetryPolicy: { MaximumRetryAttempts: 2 },
        DeadLetterConfig: { Arn: queueArn },
      }),
    });

    await clock.advance(day);

    expect(received).toHaveLength(3);
    expect(scheduler.deadLetters).toEqual([
      {
        queueArn,
        scheduleArn: 'arn:aws:scheduler:us-east-1:000000000000:schedule/default/reconcile',
        targetArn: functionArn,
        due: new Date('2026-01-01T01:00:00Z'),
        input: { secret: 'reminder-app' },
        errorCode: 'TypeError',
        attempts: 3,
        exhausted: 'MaximumRetryAttempts',
      },
    ]);
    expect(scheduler.schedules()).toEqual([]);
  });

  test('ends as a dead letter when the event is too old', async () => {
    const { clock, create, failing, functions, scheduler } = await start();
    functions.set(functionArn, failing(Infinity));
    await create({ Target: target({ RetryPolicy: { MaximumEventAgeInSeconds: 60 } }) });

    await clock.advance(day);

    expect(scheduler.deadLetters).toMatchObject([
      { exhausted: 'MaximumEventAgeInSeconds', attempts: 6, queueArn: undefined },
    ]);
  });

  test('is not tried again after close', async () => {
    const { clock, create, failing, functions, received, scheduler } = await start();
    functions.set(functionArn, failing(Infinity));
    await create();
    await clock.advance(hour);

    await scheduler.close();
    await clock.advance(day);

    expect(received).toHaveLength(1);
  });

  test('is not tried again when it fails during close', async () => {
    const { clock, create, functions, receive, received, scheduler } = await start();
    const { promise: running, reject: fail } = Promise.withResolvers<void>();
    functions.set(functionArn, (event) => (receive(event), running));
    await create();
    await clock.advance(hour);

    const closing = scheduler.close();
    fail(new Error('too late'));
    await closing;
    await clock.advance(day);

    expect(received).toHaveLength(1);
  });

  test('that does not exist ends as a dead letter at once', async () => {
    const { clock, create, functions, scheduler } = await start();
    functions.clear();
    await create();

    await clock.advance(hour);

    expect(scheduler.deadLetters).toMatchObject([
      { errorCode: 'ResourceNotFoundException', attempts: 1 },
    ]);
  });

  test('is waited for by idle while it runs', async () => {
    const { clock, create, functions, scheduler } = await start();
    const { promise: finished, resolve: finish } = Promise.withResolvers<void>();
    functions.set(functionArn, () => finished);
    await create();
    await clock.advance(hour);
    let idle = false;
    const waiting = scheduler.idle().then(() => (idle = true));

    await clock.advance(hour);
    expect(idle).toBe(false);
    finish();
    await waiting;

    expect(scheduler.schedules()).toEqual([]);
  });
});
