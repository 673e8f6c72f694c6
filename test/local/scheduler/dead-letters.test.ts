import { describe, expect, test } from 'vitest';
import { DrivenClock } from '../../../src/local/driven-clock.ts';
import type { LocalFunction } from '../../../src/local/functions.ts';
import { createLambda } from '../../../src/local/lambda/create-lambda.ts';
import { createSqs } from '../../../src/local/sqs/create-sqs.ts';
import { day, functionArn, start, target } from './support.ts';

const queueArn = 'arn:aws:sqs:us-east-1:000000000000:failed';

/** Gives one event up, whose dead letters are to go there. */
async function giveUp(arn: string | undefined) {
  const clock = new DrivenClock();
  const sqs = createSqs({ clock });
  const queue = sqs.createQueue('failed');
  const { create, failing, functions, scheduler } = await start({ clock, queues: sqs });
  functions.set(functionArn, failing(Infinity));
  const policy = { RetryPolicy: { MaximumRetryAttempts: 1 } };
  await create({
    Target: target({ ...policy, DeadLetterConfig: arn ? { Arn: arn } : undefined }),
  });
  await clock.advance(day);
  return { messages: queue.messages, deadLetters: scheduler.deadLetters };
}

describe('dead letters land in their queue', () => {
  test('as the input of the target, with what happened around it', async () => {
    const { messages } = await giveUp(queueArn);
    const [letter, ...more] = messages;

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
    const { messages, deadLetters } = await giveUp(arn);

    expect(messages).toEqual([]);
    expect(deadLetters).toHaveLength(1);
  });

  test('never where Lambda took the event, whatever its function does then', async () => {
    const clock = new DrivenClock();
    const functions = new Map<string, LocalFunction>();
    const lambda = createLambda({ clock, functions });
    const { create, failing, received, scheduler } = await start({
      clock,
      functions,
      invoked: lambda.asynchronous,
    });
    functions.set(functionArn, failing(Infinity));
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
