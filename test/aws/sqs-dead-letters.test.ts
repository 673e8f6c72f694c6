import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sqsDeadLetters } from '../../src/aws/sqs-dead-letters.ts';
import { DrivenClock } from '../../src/local/driven-clock.ts';
import type { ErrorCode } from '../../src/rotation/errors.ts';
import { serveSqs } from '../local/sqs/serve-sqs.ts';
import { clientConfig, refusingJson, serving } from './answering.ts';
import { answerOf, expectAws } from './expect-aws.ts';

const event = { secret: 'shop', current: 'one', superseded: 'other', keys: ['API_TOKEN'] };

const livesForMs = () => 299_500;

async function start() {
  const clock = new DrivenClock();
  const { client, queue, queueUrl } = await serveSqs(clock);
  const { signal } = new AbortController();
  const reader = { signal, livesForMs };
  return {
    clock,
    queue,
    deadLetters: () => sqsDeadLetters(async () => client, queueUrl, reader),
    send: (MessageBody: string) =>
      client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody })),
  };
}

/** What Lambda sends to the destination of a function that failed for good. */
const recordOf = (requestPayload: unknown) =>
  JSON.stringify({
    version: '1.0',
    timestamp: '2026-01-01T00:03:00.000Z',
    requestContext: {
      requestId: 'e4b46cbf-b738-4a7b-8880-a18cdf61200e',
      functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:reconcile:$LATEST',
      condition: 'RetriesExhausted',
      approximateInvokeCount: 3,
    },
    requestPayload,
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: { errorType: 'RotationError[UNREACHABLE]', errorMessage: 'no answer' },
  });

describe('the event of a letter', () => {
  test.each([
    { what: 'by Scheduler is the letter itself', body: JSON.stringify(event), is: event },
    { what: 'by Lambda is inside of its record', body: recordOf(event), is: event },
    { what: 'that is no object is what it is', body: '"text"', is: 'text' },
    { what: 'that is no JSON is nothing', body: 'half a {', is: undefined },
    {
      what: 'with a payload but no record around it is the letter itself',
      body: JSON.stringify({ requestPayload: event }),
      is: { requestPayload: event },
    },
  ])('$what', async ({ body, is }) => {
    const { deadLetters, send } = await start();
    await send(body);

    const [letter] = await deadLetters().take();

    expect(letter?.event).toEqual(is);
  });
});

test('letters are taken once, ten at a time, until there are none', async () => {
  const { deadLetters, send, queue } = await start();
  for (let n = 0; n < 12; n += 1) await send(JSON.stringify({ n }));
  const [one, another] = [deadLetters(), deadLetters()];

  const taken = [await one.take(), await another.take(), await one.take()];

  expect(taken.map((letters) => letters.length)).toEqual([10, 2, 0]);
  expect(new Set(taken.flat().map(({ id }) => id)).size).toBe(12);
  expect(queue.messages).toHaveLength(12);
});

test('nobody gets a letter that is held, for as long as who took it can live', async () => {
  const { deadLetters, send, clock } = await start();
  await send('{}');
  await deadLetters().take();

  await clock.advance(299_000);
  expect(await deadLetters().take()).toEqual([]);
  await clock.advance(1_000);

  expect(await deadLetters().take()).toHaveLength(1);
});

test('a letter that is released is there for the next, one that is removed is gone', async () => {
  const { deadLetters, send, queue } = await start();
  await send('1');
  await send('2');
  const [kept, removed] = await deadLetters().take();

  for (let times = 0; times < 2; times += 1) {
    await kept?.release();
    await removed?.remove();
  }

  expect((await deadLetters().take()).map((letter) => letter.event)).toEqual([1]);
  expect(queue.messages).toHaveLength(1);
});

test('a letter that somebody else deleted meanwhile is removed and released all the same', async () => {
  const { deadLetters, send, queue } = await start();
  await send('1');
  const [letter] = await deadLetters().take();

  queue.purge();

  await expect(letter?.remove()).resolves.toBeUndefined();
  await expect(letter?.release()).resolves.toBeUndefined();
});

test.each<[name: string, status: number, code: ErrorCode]>([
  ['AccessDeniedException', 403, 'ACCESS_DENIED'],
  ['QueueDoesNotExist', 400, 'CONFIG_MISMATCH'],
  ['RequestThrottled', 400, 'THROTTLED'],
  ['OverLimit', 400, 'THROTTLED'],
  ['ThrottlingException', 400, 'THROTTLED'],
  ['InternalFailure', 500, 'UNREACHABLE'],
  ['InvalidAddress', 400, 'UNEXPECTED'],
])('%s (%i) is %s', async (name, status, code) => {
  const endpoint = await serving(refusingJson(name, status));
  const client = new SQSClient({ ...clientConfig, endpoint });
  onTestFinished(() => client.destroy());
  const { signal } = new AbortController();

  const reader = { signal, livesForMs };
  const taking = sqsDeadLetters(async () => client, `${endpoint}/1/failed`, reader).take();

  expect(expectAws(await answerOf(taking)).code).toBe(code);
});

test('out of time it says so', async () => {
  const { client, queueUrl } = await serveSqs(new DrivenClock());

  const reader = { signal: AbortSignal.abort(), livesForMs };
  const taking = sqsDeadLetters(async () => client, queueUrl, reader).take();

  expect(expectAws(await answerOf(taking)).code).toBe('NOT_ENOUGH_TIME');
});
