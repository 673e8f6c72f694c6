import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  DeleteScheduleGroupCommand,
  GetScheduleCommand,
  GetScheduleGroupCommand,
  ListScheduleGroupsCommand,
  ListSchedulesCommand,
  type ListSchedulesCommandInput,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAwsEndpoint } from '../../../src/local/aws-endpoint.ts';
import { DrivenClock } from '../../../src/local/driven-clock.ts';
import type { LocalFunction } from '../../../src/local/functions.ts';
import { type HttpServer, serveHttp } from '../../../src/local/http-server.ts';
import { createLambda } from '../../../src/local/lambda/create-lambda.ts';
import { createScheduler, type Scheduler } from '../../../src/local/scheduler/create-scheduler.ts';
import type { Delivery } from '../../../src/local/scheduler/delivery.ts';
import { createSqs } from '../../../src/local/sqs/create-sqs.ts';

const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:reconcile-secret';
const queueArn = 'arn:aws:sqs:us-east-1:000000000000:failed';
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

let clock: DrivenClock;
let functions: Map<string, LocalFunction>;
let scheduler: Scheduler;
let server: HttpServer;
let client: SchedulerClient;
let received: { at: string; event: unknown }[];

beforeEach(async () => {
  clock = new DrivenClock(new Date('2026-01-01T00:00:00Z'));
  received = [];
  functions = new Map([[functionArn, async (event) => void receive(event)]]);
  await serve(createScheduler({ clock, functions }));
});
afterEach(stop);

async function serve(served: Scheduler): Promise<void> {
  scheduler = served;
  server = await serveHttp(createAwsEndpoint([scheduler.service]));
  client = new SchedulerClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
}

async function stop(): Promise<void> {
  client.destroy();
  await server.close();
  await scheduler.close();
}

const receive = (event: unknown) => received.push({ at: clock.now().toISOString(), event });

const request = (more: Partial<CreateScheduleCommandInput> = {}): CreateScheduleCommandInput => ({
  Name: 'reconcile',
  ScheduleExpression: 'at(2026-01-01T01:00:00)',
  FlexibleTimeWindow: { Mode: 'OFF' },
  ActionAfterCompletion: 'DELETE',
  Target: target(),
  ...more,
});

const target = (more: object = {}) => ({
  Arn: functionArn,
  RoleArn: 'arn:aws:iam::000000000000:role/scheduler',
  Input: '{"secret":"reminder-app"}',
  ...more,
});

const create = (more: Partial<CreateScheduleCommandInput> = {}) =>
  client.send(new CreateScheduleCommand(request(more)));
const removeOnce = (ClientToken: string) =>
  client.send(new DeleteScheduleCommand({ Name: 'reconcile', ClientToken }));
const get = (Name = 'reconcile', GroupName?: string) =>
  client.send(new GetScheduleCommand({ Name, GroupName }));

/** A function that throws the first `times` times. */
const failing = (times: number): LocalFunction => {
  let left = times;
  return async (event) => {
    receive(event);
    left -= 1;
    if (left >= 0) throw new TypeError('a secret-like detail');
  };
};

describe('a one-time schedule', () => {
  test('invokes its function at its time, with its input, and is gone', async () => {
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
    await create({ ScheduleExpression: expression, ScheduleExpressionTimezone: timezone });

    await clock.advance(day);

    expect(received).toMatchObject([{ at: '2026-01-01T02:00:00.000Z' }]);
  });

  test('in the past is due at once', async () => {
    await create({ ScheduleExpression: 'at(2025-06-01T00:00:00)' });

    await clock.advance(0);

    expect(received).toHaveLength(1);
  });

  test('in the past is refused where that is chosen', async () => {
    scheduler.behaviour.pastAt = 'refuse';

    const creating = create({ ScheduleExpression: 'at(2025-06-01T00:00:00)' });

    await expect(creating).rejects.toMatchObject({ name: 'ValidationException' });
    expect(scheduler.schedules()).toEqual([]);
  });

  test('further away than a timer can be is due at its time', async () => {
    const unlimited = clock.after.bind(clock);
    clock.after = (ms, callback) => unlimited(Math.min(ms, 2 ** 31 - 1), callback);
    await create({ ScheduleExpression: 'at(2026-04-01T00:00:00)' });

    await clock.advance(90 * day - 1);
    expect(received).toEqual([]);
    await clock.advance(1);

    expect(received).toHaveLength(1);
  });

  test('is late by the precision that is chosen', async () => {
    scheduler.behaviour.precisionMs = 45_000;
    await create();

    await clock.advance(hour + 44_999);
    expect(received).toEqual([]);
    await clock.advance(1);

    expect(received).toHaveLength(1);
  });

  test('is delivered twice where that is chosen', async () => {
    scheduler.behaviour.deliverTwice = true;
    await create();

    await clock.advance(day);

    expect(received).toHaveLength(2);
    expect(scheduler.schedules()).toEqual([]);
  });

  test('that is disabled, deleted or cancelled by close is not delivered', async () => {
    await create({ Name: 'disabled', State: 'DISABLED' });
    await create({ Name: 'deleted' });
    await client.send(new DeleteScheduleCommand({ Name: 'deleted' }));
    await create({ Name: 'closed' });
    await scheduler.close();

    await clock.advance(day);

    expect(received).toEqual([]);
  });

  test('fills in the placeholders of its input', async () => {
    const Input = '{"arn":"<aws.scheduler.schedule-arn>","at":"<aws.scheduler.scheduled-time>"}';
    await create({ Target: target({ Input }) });

    await clock.advance(hour);

    expect(received[0]?.event).toEqual({
      arn: 'arn:aws:scheduler:us-east-1:000000000000:schedule/default/reconcile',
      at: '2026-01-01T01:00:00Z',
    });
  });

  test('without an input delivers an event of its own', async () => {
    await create({ Target: target({ Input: undefined }) });

    await clock.advance(hour);

    expect(received[0]?.event).toMatchObject({ source: 'aws.scheduler' });
  });
});

describe('a recurring schedule', () => {
  test('by cron happens daily, in its time zone, until its end', async () => {
    await create({
      ScheduleExpression: 'cron(30 3 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      EndDate: new Date('2026-01-03T12:00:00Z'),
    });

    await clock.advance(10 * day);

    expect(received.map(({ at }) => at)).toEqual([
      '2026-01-01T02:30:00.000Z',
      '2026-01-02T02:30:00.000Z',
      '2026-01-03T02:30:00.000Z',
    ]);
  });

  test('by cron counts the days of the week from Sunday as 1', async () => {
    await create({ ScheduleExpression: 'cron(0 0 ? * 1 *)' });

    await clock.advance(7 * day);

    expect(received.map(({ at }) => at)).toEqual(['2026-01-04T00:00:00.000Z']);
  });

  test('by rate happens at once and then at its rate, from its start', async () => {
    const StartDate = new Date('2026-01-01T06:00:00Z');
    await create({ ScheduleExpression: 'rate(1 day)', StartDate });

    await clock.advance(2 * day);

    expect(received.map(({ at }) => at)).toEqual([
      '2026-01-01T06:00:00.000Z',
      '2026-01-02T06:00:00.000Z',
    ]);
  });
});

describe('a function that throws', () => {
  test('is tried again, later every time, until it succeeds', async () => {
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
    functions.set(functionArn, failing(Infinity));
    await create({ Target: target({ RetryPolicy: { MaximumEventAgeInSeconds: 60 } }) });

    await clock.advance(day);

    expect(scheduler.deadLetters).toMatchObject([
      { exhausted: 'MaximumEventAgeInSeconds', attempts: 6, queueArn: undefined },
    ]);
  });

  test('is not tried again after close', async () => {
    functions.set(functionArn, failing(Infinity));
    await create();
    await clock.advance(hour);

    await scheduler.close();
    await clock.advance(day);

    expect(received).toHaveLength(1);
  });

  test('is not tried again when it fails during close', async () => {
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
    functions.clear();
    await create();

    await clock.advance(hour);

    expect(scheduler.deadLetters).toMatchObject([
      { errorCode: 'ResourceNotFoundException', attempts: 1 },
    ]);
  });

  test('is waited for by idle while it runs', async () => {
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

/** Gives one event up, whose dead letters are to go there. */
async function giveUp(arn: string | undefined) {
  const sqs = createSqs({ clock });
  const queue = sqs.createQueue('failed');
  functions.set(functionArn, failing(Infinity));
  await stop();
  await serve(createScheduler({ clock, functions, queues: sqs }));
  const policy = { RetryPolicy: { MaximumRetryAttempts: 1 } };
  await create({
    Target: target({ ...policy, DeadLetterConfig: arn ? { Arn: arn } : undefined }),
  });
  await clock.advance(day);
  return queue.messages;
}

describe('dead letters land in their queue', () => {
  test('as the input of the target, with what happened around it', async () => {
    const [letter, ...more] = await giveUp(queueArn);

    expect(more).toEqual([]);
    expect(letter).toMatchObject({
      body: '{"secret":"reminder-app"}',
      attributes: {
        ERROR_CODE: 'TypeError',
        EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
        IS_PAYLOAD_TRUNCATED: 'false',
        RETRY_ATTEMPTS: '1',
        SCHEDULED_TIME: '2026-01-01T01:00:00Z',
        SCHEDULE_ARN: 'arn:aws:scheduler:us-east-1:000000000000:schedule/default/reconcile',
        TARGET_ARN: functionArn,
      },
    });
    expect(JSON.stringify(letter)).not.toContain('a secret-like detail');
  });

  test.each([
    ['without a DeadLetterConfig', undefined],
    ['where there is no such queue', `${queueArn}-elsewhere`],
  ])('or are lost: %s', async (_what, arn) => {
    expect(await giveUp(arn)).toEqual([]);
    expect(scheduler.deadLetters).toHaveLength(1);
  });

  test('never where Lambda took the event, whatever its function does then', async () => {
    const lambda = createLambda({ clock, functions });
    functions.set(functionArn, failing(Infinity));
    await stop();
    await serve(createScheduler({ clock, functions: lambda.asynchronous }));
    await create({ Target: target({ DeadLetterConfig: { Arn: queueArn } }) });

    await clock.advance(day);

    expect(received.map(({ at }) => at)).toEqual([
      '2026-01-01T01:00:00.000Z',
      '2026-01-01T01:01:00.000Z',
      '2026-01-01T01:03:00.000Z',
    ]);
    expect(scheduler.deadLetters).toEqual([]);
    expect(scheduler.schedules()).toEqual([]);
    await lambda.close();
  });
});

describe('creating', () => {
  test('under a name that exists is a conflict', async () => {
    await create();

    await expect(create()).rejects.toMatchObject({
      name: 'ConflictException',
      message: 'Schedule reconcile already exists.',
      $metadata: { httpStatusCode: 409 },
    });
  });

  test('again with the same client token answers as before', async () => {
    const first = await create({ ClientToken: 'token' });

    const second = await create({ ClientToken: 'token' });

    expect(second.ScheduleArn).toBe(first.ScheduleArn);
    expect(scheduler.schedules()).toHaveLength(1);
  });

  test('something else with the same client token is a conflict', async () => {
    await create({ ClientToken: 'token' });

    const other = create({ ClientToken: 'token', Name: 'other' });

    await expect(other).rejects.toMatchObject({ name: 'ConflictException' });
  });

  test.each<[string, Partial<CreateScheduleCommandInput>]>([
    ['a name with other characters', { Name: 'a b' }],
    ['a name of 65 characters', { Name: 'x'.repeat(65) }],
    ['an expression of no kind', { ScheduleExpression: 'soon' }],
    ['a date that is not on the calendar', { ScheduleExpression: 'at(2026-02-30T00:00:00)' }],
    ['a time with a zone', { ScheduleExpression: 'at(2026-02-01T00:00:00Z)' }],
    ['a time without seconds', { ScheduleExpression: 'at(2026-02-01T00:00)' }],
    ['a rate of none', { ScheduleExpression: 'rate(0 days)' }],
    ['a cron of five fields', { ScheduleExpression: 'cron(0 0 * * ?)' }],
    ['a cron with both kinds of day', { ScheduleExpression: 'cron(0 0 1 * 1 *)' }],
    ['a cron beyond the clock', { ScheduleExpression: 'cron(0 25 * * ? *)' }],
    ['a time zone that does not exist', { ScheduleExpressionTimezone: 'Mars/Olympus' }],
    ['a flexible time', { FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 5 } }],
    ['a target that is no ARN', { Target: target({ Arn: 'reconcile-secret' }) }],
    ['a role that is no role', { Target: target({ RoleArn: functionArn }) }],
    ['an input that is no JSON', { Target: target({ Input: 'secret-part{' }) }],
    ['186 attempts', { Target: target({ RetryPolicy: { MaximumRetryAttempts: 186 } }) }],
    ['an age of 59 s', { Target: target({ RetryPolicy: { MaximumEventAgeInSeconds: 59 } }) }],
  ])('refuses %s', async (_, more) => {
    const refusal = await create(more).catch((error: unknown) => error);

    expect(refusal).toMatchObject({
      name: 'ValidationException',
      $metadata: { httpStatusCode: 400 },
    });
    expect(String(refusal)).not.toContain('secret-part');
    expect(scheduler.schedules()).toEqual([]);
  });

  test('refuses a schedule without a time window', async () => {
    const { FlexibleTimeWindow: _, ...incomplete } = request();

    const response = await post('/schedules/reconcile', JSON.stringify(incomplete));

    expect(response.headers.get('x-amzn-errortype')).toBe('ValidationException');
  });

  test('refuses a body that is no JSON, and a group that does not exist', async () => {
    const response = await post('/schedules/reconcile', '{');

    expect(response.headers.get('x-amzn-errortype')).toBe('ValidationException');
    await expect(create({ GroupName: 'nowhere' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});

describe('a schedule that exists', () => {
  test('is shown whole', async () => {
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
    await create();

    await client.send(
      new UpdateScheduleCommand(request({ ScheduleExpression: 'at(2026-01-01T05:00:00)' })),
    );
    await clock.advance(day);

    expect(received.map(({ at }) => at)).toEqual(['2026-01-01T05:00:00.000Z']);
  });

  test('keeps its time when an update is refused', async () => {
    await create();

    const update = client.send(new UpdateScheduleCommand(request({ ScheduleExpression: 'soon' })));

    await expect(update).rejects.toMatchObject({ name: 'ValidationException' });
    await clock.advance(day);
    expect(received.map(({ at }) => at)).toEqual(['2026-01-01T01:00:00.000Z']);
  });

  test('that was replaced during its delivery is not deleted with it', async () => {
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

describe('groups', () => {
  test('are made, shown, listed and deleted with their schedules', async () => {
    const { ScheduleGroupArn } = await client.send(
      new CreateScheduleGroupCommand({ Name: 'keyturn' }),
    );
    await create({ GroupName: 'keyturn' });
    const shown = await client.send(new GetScheduleGroupCommand({ Name: 'keyturn' }));
    const listed = await client.send(new ListScheduleGroupsCommand());

    await client.send(new DeleteScheduleGroupCommand({ Name: 'keyturn' }));

    expect(shown).toMatchObject({ Arn: ScheduleGroupArn, Name: 'keyturn', State: 'ACTIVE' });
    expect(listed.ScheduleGroups).toMatchObject([{ Name: 'default' }, { Name: 'keyturn' }]);
    expect(scheduler.schedules()).toEqual([]);
    await expect(get('reconcile', 'keyturn')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  test('keep the default', async () => {
    const remove = client.send(new DeleteScheduleGroupCommand({ Name: 'default' }));

    await expect(remove).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('the protocol', () => {
  test('refuses a request without a signature', async () => {
    const response = await fetch(`${server.url}/schedules`);

    expect(response.status).toBe(403);
    expect(await response.json()).toEqual({ Message: 'Missing Authentication Token' });
  });

  test('refuses a path it does not know', async () => {
    const response = await post('/connections', '{}');

    expect(response.status).toBe(404);
  });
});

const post = (path: string, body: string) =>
  fetch(`${server.url}${path}`, {
    method: 'POST',
    body,
    headers: {
      authorization:
        'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/scheduler/aws4_request, SignedHeaders=host, Signature=0',
    },
  });
