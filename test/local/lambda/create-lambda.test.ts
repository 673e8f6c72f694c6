import { InvokeCommand, LambdaClient, type InvokeCommandInput } from '@aws-sdk/client-lambda';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createAwsEndpoint } from '../../../src/local/aws-endpoint.ts';
import { DrivenClock } from '../../../src/local/driven-clock.ts';
import { serveHttp } from '../../../src/local/http-server.ts';
import { createLambda } from '../../../src/local/lambda/create-lambda.ts';
import { createSqs } from '../../../src/local/sqs/create-sqs.ts';

const arn = 'arn:aws:lambda:us-east-1:000000000000:function:greet';

async function serve(run: (event: unknown) => Promise<unknown>) {
  const clock = new DrivenClock();
  const lambda = createLambda({ clock, functions: new Map([[arn, run]]) });
  const server = await serveHttp(createAwsEndpoint([lambda.service]));
  const client = new LambdaClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  onTestFinished(async () => {
    client.destroy();
    await lambda.close();
    await server.close();
  });
  const invoke = async (input: Partial<InvokeCommandInput> = {}) => {
    const answer = await client.send(new InvokeCommand({ FunctionName: arn, ...input }));
    const text = answer.Payload?.transformToString() ?? '';
    return { ...answer, payload: text === '' ? undefined : JSON.parse(text) };
  };
  return { clock, lambda, server, invoke };
}

test.each([arn, `${arn}:$LATEST`, 'greet', 'greet:live', '000000000000:function:greet'])(
  'invokes %s with its payload and answers what it answers',
  async (FunctionName) => {
    const { invoke } = await serve(async (event) => ({ heard: event }));

    const answer = await invoke({ FunctionName, Payload: '{"to":"you"}' });

    expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
    expect(answer.FunctionError).toBeUndefined();
    expect(answer.payload).toEqual({ heard: { to: 'you' } });
  },
);

test('a function that answers nothing answers null; one without a payload gets {}', async () => {
  const heard: unknown[] = [];
  const { invoke } = await serve(async (event) => void heard.push(event));

  expect((await invoke()).payload).toBeNull();
  expect(heard).toEqual([{}]);
});

test('what it throws is a function error, worded as Lambda does', async () => {
  const { invoke } = await serve(async () => {
    throw Object.assign(new Error('No greeting today.'), { name: 'RotationError[UNREACHABLE]' });
  });

  expect(await invoke()).toMatchObject({
    StatusCode: 200,
    FunctionError: 'Unhandled',
    payload: {
      errorType: 'RotationError[UNREACHABLE]',
      errorMessage: 'No greeting today.',
      trace: expect.arrayContaining([expect.stringContaining('No greeting today.')]),
    },
  });
});

test('an asynchronous one is answered at once, and tried again twice', async () => {
  let attempts = 0;
  const { invoke, clock } = await serve(async () => {
    attempts += 1;
    throw new Error('never');
  });

  expect(await invoke({ InvocationType: 'Event' })).toMatchObject({ StatusCode: 202 });
  await expect.poll(() => attempts).toBe(1);
  await clock.advance(60_000);
  expect(attempts).toBe(2);
  await clock.advance(120_000);
  expect(attempts).toBe(3);
  await clock.advance(3_600_000);
  expect(attempts).toBe(3);
});

const queueArn = 'arn:aws:sqs:us-east-1:000000000000:failed';

async function never() {
  throw Object.assign(new Error('never'), { name: 'RotationError[UNREACHABLE]' });
}

/** A function that fails for good, with a queue that it may have for that. */
function failing(queueOf: ReadonlyMap<string, string>) {
  const clock = new DrivenClock();
  const sqs = createSqs({ clock });
  const queue = sqs.createQueue('failed');
  const functions = new Map([[arn, never]]);
  const lambda = createLambda({ clock, functions, onFailure: { queues: sqs, queueOf } });
  onTestFinished(() => lambda.close());
  return { clock, lambda, queue };
}

describe('an asynchronous invocation that fails for good', () => {
  test('leaves its record in the queue of its function, after its third attempt', async () => {
    const { clock, lambda, queue } = failing(new Map([[arn, queueArn]]));

    await lambda.asynchronous.get(arn)?.({ secret: 'shop' });
    await clock.advance(179_999);
    expect(queue.messages).toEqual([]);
    await clock.advance(1);

    expect(queue.messages.map(({ body }) => JSON.parse(body))).toEqual([
      {
        version: '1.0',
        timestamp: '2026-01-01T00:03:00.000Z',
        requestContext: {
          requestId: expect.any(String),
          functionArn: `${arn}:$LATEST`,
          condition: 'RetriesExhausted',
          approximateInvokeCount: 3,
        },
        requestPayload: { secret: 'shop' },
        responseContext: {
          statusCode: 200,
          executedVersion: '$LATEST',
          functionError: 'Unhandled',
        },
        responsePayload: {
          errorType: 'RotationError[UNREACHABLE]',
          errorMessage: 'never',
          trace: expect.any(Array),
        },
      },
    ]);
  });

  test('leaves nothing where its function has no queue', async () => {
    const { clock, lambda, queue } = failing(new Map());

    await lambda.asynchronous.get(arn)?.({});
    await clock.advance(3_600_000);

    expect(queue.messages).toEqual([]);
  });

  test('waits between its attempts as long as is chosen', async () => {
    const { clock, lambda, queue } = failing(new Map([[arn, queueArn]]));
    lambda.behaviour.retryDelaysMs = [10];

    await lambda.asynchronous.get(arn)?.({});
    await clock.advance(10);

    expect(queue.messages).toHaveLength(1);
  });

  test('is of a function that exists', () => {
    const { lambda } = failing(new Map());

    expect(lambda.asynchronous.has(arn)).toBe(true);
    expect(lambda.asynchronous.has(queueArn)).toBe(false);
    expect(lambda.asynchronous.get(queueArn)).toBeUndefined();
  });
});

test('closing ends the retries', async () => {
  let attempts = 0;
  const { invoke, clock, lambda } = await serve(async () => {
    attempts += 1;
    throw new Error('never');
  });
  await invoke({ InvocationType: 'Event' });
  await expect.poll(() => attempts).toBe(1);

  await lambda.close();
  await clock.advance(3_600_000);

  expect(attempts).toBe(1);
});

test('a dry run invokes nothing', async () => {
  const { invoke } = await serve(async () => expect.unreachable());

  expect(await invoke({ InvocationType: 'DryRun' })).toMatchObject({ StatusCode: 204 });
});

test.each([
  ['an unknown function', { FunctionName: 'nobody' }, 'ResourceNotFoundException'],
  ['a payload that is no JSON', { Payload: 'hello' }, 'InvalidRequestContentException'],
])('refuses %s', async (_what, input, name) => {
  const { invoke } = await serve(async () => undefined);

  await expect(invoke(input)).rejects.toMatchObject({ name });
});

test('refuses an unsigned request, and other operations', async () => {
  const { server } = await serve(async () => undefined);
  const path = `${server.url}/2015-03-31/functions/greet`;
  const authorization = 'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/lambda/aws4_request';

  expect((await fetch(`${path}/invocations`, { method: 'POST' })).status).toBe(403);
  expect((await fetch(`${path}/aliases`, { headers: { authorization } })).status).toBe(404);
});
