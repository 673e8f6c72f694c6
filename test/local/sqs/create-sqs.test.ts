import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { DrivenClock } from '../../../src/local/driven-clock.ts';
import { serveSqs } from './serve-sqs.ts';

async function start() {
  const clock = new DrivenClock(new Date('2026-01-01T00:00:00Z'));
  const served = await serveSqs(clock);
  const { client, queueUrl: QueueUrl } = served;
  return {
    ...served,
    clock,
    send: (MessageBody: string) => client.send(new SendMessageCommand({ QueueUrl, MessageBody })),
    receive: async (more: Partial<ReceiveMessageCommandInput> = {}) => {
      const input = { QueueUrl, MaxNumberOfMessages: 10, ...more };
      return (await client.send(new ReceiveMessageCommand(input))).Messages ?? [];
    },
    remove: (ReceiptHandle: string | undefined) =>
      client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle })),
    hide: (ReceiptHandle: string | undefined, VisibilityTimeout: number) =>
      client.send(
        new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }),
      ),
    attributes: async () => {
      const input = { QueueUrl, AttributeNames: ['All' as const] };
      return (await client.send(new GetQueueAttributesCommand(input))).Attributes;
    },
  };
}

const bodies = (messages: readonly { Body?: string | undefined }[]) =>
  messages.map(({ Body }) => Body);

describe('a message', () => {
  test('arrives as it was sent, with sums that the client verifies', async () => {
    const { send, receive } = await start();

    const { MessageId } = await send('dead → letter');
    const [message] = await receive({ MessageSystemAttributeNames: ['All'] });

    expect(message).toMatchObject({
      MessageId,
      Body: 'dead → letter',
      ReceiptHandle: expect.any(String),
      Attributes: { ApproximateReceiveCount: '1', SentTimestamp: '1767225600000' },
    });
    expect(message).not.toHaveProperty('MessageAttributes');
  });

  test('that a service put in has the attributes that are asked for', async () => {
    const { sqs, queue, receive } = await start();
    sqs.send(queue.arn, { body: '{}', attributes: { ERROR_CODE: 'X', RETRY_ATTEMPTS: '2' } });

    const [some] = await receive({ MessageAttributeNames: ['ERROR_CODE'], VisibilityTimeout: 0 });
    const [all] = await receive({ MessageAttributeNames: ['All'] });

    expect(some?.MessageAttributes).toEqual({
      ERROR_CODE: { StringValue: 'X', DataType: 'String' },
    });
    expect(Object.keys(all?.MessageAttributes ?? {})).toEqual(['ERROR_CODE', 'RETRY_ATTEMPTS']);
  });

  test('is hidden from others for as long as the queue says, and then comes again', async () => {
    const { send, receive, clock } = await start();
    await send('one');

    expect(bodies(await receive())).toEqual(['one']);
    await clock.advance(29_999);
    expect(await receive()).toEqual([]);
    await clock.advance(1);

    expect(bodies(await receive())).toEqual(['one']);
  });

  test('is hidden for as long as its receiver says', async () => {
    const { send, receive, clock } = await start();
    await send('one');

    await receive({ VisibilityTimeout: 960 });
    await clock.advance(959_999);
    expect(await receive()).toEqual([]);
    await clock.advance(1);

    expect(await receive()).toHaveLength(1);
  });

  test('that is given back is there at once', async () => {
    const { send, receive, hide } = await start();
    await send('one');
    const [message] = await receive();

    await hide(message?.ReceiptHandle, 0);

    expect(await receive()).toHaveLength(1);
  });

  test('that is deleted does not come again, and can be deleted again', async () => {
    const { send, receive, remove, clock } = await start();
    await send('one');
    const [message] = await receive();

    await remove(message?.ReceiptHandle);
    await remove(message?.ReceiptHandle);
    await clock.advance(60_000);

    expect(await receive()).toEqual([]);
  });

  test('that came again is not deleted with the handle it had before', async () => {
    const { send, receive, remove, clock } = await start();
    await send('one');
    const [first] = await receive({ VisibilityTimeout: 0 });
    const [second] = await receive();

    await remove(first?.ReceiptHandle);
    await clock.advance(30_000);

    expect(second?.ReceiptHandle).not.toBe(first?.ReceiptHandle);
    expect(await receive()).toHaveLength(1);
  });

  test('is forgotten when it is older than the queue keeps any', async () => {
    const { send, receive, clock } = await start();
    await send('one');

    await clock.advance(345_600_000);

    expect(await receive()).toEqual([]);
  });
});

test('no more messages come at once than are asked for, the oldest first', async () => {
  const { send, receive } = await start();
  for (const body of ['one', 'two', 'three']) await send(body);

  expect(bodies(await receive({ MaxNumberOfMessages: 2 }))).toEqual(['one', 'two']);
  expect(bodies(await receive({ MaxNumberOfMessages: 2 }))).toEqual(['three']);
});

test('a queue tells how many messages it has, and is emptied on request', async () => {
  const { client, send, receive, attributes, queueUrl: QueueUrl } = await start();
  await send('one');
  await send('two');
  await receive({ MaxNumberOfMessages: 1 });

  expect(await attributes()).toMatchObject({
    QueueArn: 'arn:aws:sqs:us-east-1:000000000000:failed',
    ApproximateNumberOfMessages: '1',
    ApproximateNumberOfMessagesNotVisible: '1',
    VisibilityTimeout: '30',
  });
  await client.send(new PurgeQueueCommand({ QueueUrl }));
  expect(await attributes()).toMatchObject({
    ApproximateNumberOfMessages: '0',
    ApproximateNumberOfMessagesNotVisible: '0',
  });
});

test('queues are made once, and found by name', async () => {
  const { client, queueUrl } = await start();
  const make = (QueueName: string) =>
    client.send(new CreateQueueCommand({ QueueName, Attributes: { VisibilityTimeout: '5' } }));

  const { QueueUrl: made } = await make('another');

  expect((await make('another')).QueueUrl).toBe(made);
  expect((await client.send(new GetQueueUrlCommand({ QueueName: 'another' }))).QueueUrl).toBe(made);
  expect((await client.send(new ListQueuesCommand({}))).QueueUrls).toEqual([queueUrl, made]);
});

test('what is sent to a queue that does not exist is lost', async () => {
  const { sqs, queue } = await start();

  sqs.send('arn:aws:sqs:us-east-1:000000000000:nowhere', { body: '{}' });

  expect(queue.messages).toEqual([]);
});

describe('refuses', () => {
  test.each([
    ['a queue that does not exist', { QueueUrl: 'http://a/b/nowhere' }, 'QueueDoesNotExist'],
    ['eleven messages at once', { MaxNumberOfMessages: 11 }, 'InvalidParameterValue'],
    ['half a day and a second of hiding', { VisibilityTimeout: 43_201 }, 'InvalidParameterValue'],
  ])('%s', async (_what, input, name) => {
    const { receive } = await start();

    await expect(receive(input)).rejects.toMatchObject({ name });
  });

  test('a handle that it never gave, and one of a message that nobody holds', async () => {
    const { send, receive, remove, hide } = await start();
    await send('one');
    const [message] = await receive({ VisibilityTimeout: 0 });

    await expect(remove('made up')).rejects.toMatchObject({ name: 'ReceiptHandleIsInvalid' });
    await expect(hide(message?.ReceiptHandle, 10)).rejects.toMatchObject({
      name: 'MessageNotInflight',
    });
  });

  test('a name that no queue can have', async () => {
    const { client } = await start();

    const making = client.send(new CreateQueueCommand({ QueueName: 'a/b' }));

    await expect(making).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });

  test.each([
    ['an unsigned request', 'ReceiveMessage', '{}', '', 'MissingAuthenticationToken'],
    ['an operation that it does not have', 'AddPermission', '{}', 'signed', 'UnknownOperation'],
    ['a body that is no JSON', 'ReceiveMessage', '{"secret', 'signed', 'SerializationException'],
  ])('%s', async (_what, operation, body, signature, type) => {
    const { url } = await start();
    const credential = 'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/sqs/aws4_request';

    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: {
        'x-amz-target': `AmazonSQS.${operation}`,
        ...(signature && { authorization: credential }),
      },
    });

    expect(response.status).toBe(400);
    expect(await response.text()).toContain(type);
  });
});
