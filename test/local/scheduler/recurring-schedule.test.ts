import { describe, expect, test } from 'vitest';
import { day, start } from './support.ts';

describe('a recurring schedule', () => {
  test('by cron happens daily, in its time zone, until its end', async () => {
    const { clock, create, received } = await start();
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
    const { clock, create, received } = await start();
    await create({ ScheduleExpression: 'cron(0 0 ? * 1 *)' });

    await clock.advance(7 * day);

    expect(received.map(({ at }) => at)).toEqual(['2026-01-04T00:00:00.000Z']);
  });

  test('by rate happens at once and then at its rate, from its start', async () => {
    const { clock, create, received } = await start();
    const StartDate = new Date('2026-01-01T06:00:00Z');
    await create({ ScheduleExpression: 'rate(1 day)', StartDate });

    await clock.advance(2 * day);

    expect(received.map(({ at }) => at)).toEqual([
      '2026-01-01T06:00:00.000Z',
      '2026-01-02T06:00:00.000Z',
    ]);
  });
});
