import {
  CreateScheduleGroupCommand,
  GetScheduleCommand,
  SchedulerClient,
} from '@aws-sdk/client-scheduler';
import * as fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { schedulerBookings, type SchedulerSettings } from '../../src/aws/scheduler-bookings.ts';
import { createAwsEndpoint } from '../../src/local/aws-endpoint.ts';
import { DrivenClock } from '../../src/local/driven-clock.ts';
import { createScheduler } from '../../src/local/scheduler/create-scheduler.ts';
import type { Booking } from '../../src/rotation/bookings.ts';
import type { ErrorCode } from '../../src/rotation/errors.ts';
import { Gate } from '../support/gate.ts';
import { clientConfig, refusingJson, serving } from './answering.ts';
import { answerOf, expectAws } from './expect-aws.ts';

const secret = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:app/production-AbCdEf';

const settings: SchedulerSettings = {
  groupName: 'keyturn',
  roleArn: 'arn:aws:iam::000000000000:role/scheduler',
  functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:reconcile-secret',
  deadLetterArn: 'arn:aws:sqs:us-east-1:000000000000:failed',
};

const booking = (more: Partial<Booking> = {}): Booking => ({
  purpose: 'retire',
  versionId: 'b3c1a9de-1111-4222-8333-444455556666',
  at: new Date('2026-01-01T01:00:00.000Z'),
  event: { secret, current: 'one', superseded: 'other', keys: ['TWILIO_AUTH_TOKEN'] },
  ...more,
});

function clientOf(endpoint: string): SchedulerClient {
  const client = new SchedulerClient({ ...clientConfig, endpoint });
  onTestFinished(() => client.destroy());
  return client;
}

/** The stand-in with its group, and bookings in it. */
async function start(more: Partial<SchedulerSettings> = {}) {
  const clock = new DrivenClock(new Date('2026-01-01T00:00:00Z'));
  const received: { at: string; event: unknown }[] = [];
  const reconcile = async (event: unknown) =>
    void received.push({ at: clock.now().toISOString(), event });
  const functions = new Map([[settings.functionArn, reconcile]]);
  const scheduler = createScheduler({ clock, functions });
  onTestFinished(() => scheduler.close());
  const url = await serving(createAwsEndpoint([scheduler.service]));
  const client = clientOf(url);
  await client.send(new CreateScheduleGroupCommand({ Name: settings.groupName }));
  const { signal } = new AbortController();
  const bookings = schedulerBookings(async () => client, { ...settings, ...more }, signal);
  return { clock, received, scheduler, client, url, bookings };
}

test('a booking is delivered once, at its time, as it was booked', async () => {
  const { bookings, clock, received, scheduler } = await start();

  await bookings.book(booking());
  await clock.advance(3_599_000);
  expect(received).toEqual([]);
  await clock.advance(86_400_000);

  expect(received).toEqual([{ at: '2026-01-01T01:00:00.000Z', event: booking().event }]);
  expect(scheduler.schedules()).toEqual([]);
});

test('a booking is a schedule in UTC that names function, role, retries and dead letters', async () => {
  const { bookings, client, scheduler } = await start();
  await bookings.book(booking());
  const [{ Name } = { Name: '' }] = scheduler.schedules();

  const schedule = await client.send(new GetScheduleCommand({ Name, GroupName: 'keyturn' }));

  expect(schedule).toMatchObject({
    ScheduleExpression: 'at(2026-01-01T01:00:00)',
    ScheduleExpressionTimezone: 'UTC',
    FlexibleTimeWindow: { Mode: 'OFF' },
    ActionAfterCompletion: 'DELETE',
    Target: {
      Arn: settings.functionArn,
      RoleArn: settings.roleArn,
      Input: JSON.stringify(booking().event),
      RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
      DeadLetterConfig: { Arn: settings.deadLetterArn },
    },
  });
});

test('without a queue there are no dead letters', async () => {
  const { bookings, scheduler } = await start({ deadLetterArn: '' });

  await bookings.book(booking());

  expect(scheduler.schedules()[0]?.Target).not.toHaveProperty('DeadLetterConfig');
});

describe('a booking’s time', () => {
  test.each([
    ['2026-01-01T01:00:00.000Z', 'at(2026-01-01T01:00:00)'],
    ['2026-01-01T01:00:00.001Z', 'at(2026-01-01T01:00:01)'],
    ['2026-01-01T23:59:59.999Z', 'at(2026-01-02T00:00:00)'],
  ])('%s is booked as %s: never too early', async (at, expression) => {
    const { bookings, scheduler } = await start();

    await bookings.book(booking({ at: new Date(at) }));

    expect(scheduler.schedules()[0]?.ScheduleExpression).toBe(expression);
  });

  test('is in UTC wherever the function runs', async () => {
    const { TZ: zone } = process.env;
    process.env['TZ'] = 'Pacific/Kiritimati';
    onTestFinished(() => {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    });
    const { bookings, scheduler } = await start();

    await bookings.book(booking());

    expect(scheduler.schedules()[0]?.ScheduleExpression).toBe('at(2026-01-01T01:00:00)');
  });
});

describe('a booking’s name', () => {
  test('is one that Scheduler takes, whatever secret and version are called', async () => {
    const started = await start();
    await fc.assert(
      fc.asyncProperty(
        fc.string({ minLength: 1, maxLength: 2_000 }),
        fc.string({ minLength: 32, maxLength: 64 }),
        fc.constantFrom('recovery', 'retire', 'reconcile'),
        async (name, versionId, purpose) => {
          const made = await nameOf(
            booking({ purpose, versionId, event: { secret: name } }),
            started,
          );

          expect(made).toMatch(/^keyturn-[a-z]+-[0-9a-f]{32}$/);
          expect(made?.length).toBeLessThanOrEqual(64);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('differs by secret, version and purpose, and by nothing else', async () => {
    const { bookings, scheduler } = await start();
    const other = booking({ event: { secret: 'another' } });
    for (const each of [
      booking(),
      booking({ purpose: 'recovery' }),
      booking({ versionId: 'another' }),
      other,
      booking({ at: new Date('2026-01-02T00:00:00Z'), event: { secret, keys: [] } }),
    ]) {
      await bookings.book(each);
    }

    expect(scheduler.schedules()).toHaveLength(4);
  });
});

test('a booking replaces an earlier one of the same name', async () => {
  const { bookings, clock, received } = await start();
  await bookings.book(booking());
  await bookings.book(booking({ at: new Date('2026-01-01T02:00:00Z') }));

  await clock.advance(86_400_000);

  expect(received.map(({ at }) => at)).toEqual(['2026-01-01T02:00:00.000Z']);
});

test.each(['never-sent', 'answer-lost'] as const)(
  'a booking that broke off at any call can be made again (%s)',
  async (fault) => {
    for (const at of [1, 2]) {
      const { bookings, clock, received, url } = await start();
      await bookings.book(booking());
      const gate = new Gate({ at, fault });
      const place = await gate.to('scheduler', {
        host: '127.0.0.1',
        port: Number(new URL(url).port),
      });
      const client = clientOf(`http://${place.host}:${place.port}`);
      const again = booking({ at: new Date('2026-01-01T02:00:00Z') });

      const broken = schedulerBookings(async () => client, settings, gate.signal).book(again);
      expect(expectAws(await answerOf(broken)).code).toBe('UNREACHABLE');
      await bookings.book(again);
      await clock.advance(86_400_000);

      expect(received.map((each) => each.at)).toEqual(['2026-01-01T02:00:00.000Z']);
      gate.close();
    }
  },
);

test('a booking that cannot be changed stays as it was', async () => {
  const { bookings, received, clock, url } = await start();
  await bookings.book(booking());
  const gate = new Gate({ at: 2, fault: 'never-sent' });
  const place = await gate.to('scheduler', { host: '127.0.0.1', port: Number(new URL(url).port) });
  const client = clientOf(`http://${place.host}:${place.port}`);
  const again = booking({ at: new Date('2026-01-01T02:00:00Z') });

  await answerOf(schedulerBookings(async () => client, settings, gate.signal).book(again));
  await clock.advance(86_400_000);

  expect(received.map((each) => each.at)).toEqual(['2026-01-01T01:00:00.000Z']);
  gate.close();
});

test('two that book the same at once leave one booking', async () => {
  const { bookings, scheduler } = await start();
  await bookings.book(booking());

  const outcomes = await Promise.allSettled([bookings.book(booking()), bookings.book(booking())]);

  expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true);
  expect(scheduler.schedules()).toHaveLength(1);
});

test.each<[name: string, status: number, code: ErrorCode]>([
  ['AccessDeniedException', 403, 'ACCESS_DENIED'],
  ['ThrottlingException', 429, 'THROTTLED'],
  ['InternalServerException', 500, 'UNREACHABLE'],
  ['ResourceNotFoundException', 404, 'UNEXPECTED'],
  ['ServiceQuotaExceededException', 402, 'UNEXPECTED'],
  ['ValidationException', 400, 'UNEXPECTED'],
  ['ConflictException', 409, 'UNEXPECTED'],
])('%s (%i) is %s', async (name, status, code) => {
  const client = clientOf(await serving(refusingJson(name, status)));
  const { signal } = new AbortController();

  const booked = schedulerBookings(async () => client, settings, signal).book(booking());

  expect(expectAws(await answerOf(booked)).code).toBe(code);
});

/** The name a booking gets. */
async function nameOf(one: Booking, { bookings, scheduler }: Awaited<ReturnType<typeof start>>) {
  const before = new Set(scheduler.schedules().map(({ Name }) => Name));
  await bookings.book(one);
  const names = scheduler.schedules().map(({ Name }) => Name);
  return names.find((name) => !before.has(name)) ?? names[0];
}
