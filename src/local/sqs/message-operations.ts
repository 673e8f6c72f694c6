import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { Received } from './queue.ts';
import { asked, between, filled, names, parse, type SqsOperation } from './sqs-call.ts';

const hiddenSeconds = between(0, 43_200);
const attribute = v.object({ DataType: v.string(), StringValue: v.string() });
const received = { QueueUrl: filled, ReceiptHandle: filled };

const sendRequest = v.object({
  QueueUrl: filled,
  MessageBody: filled,
  MessageAttributes: v.optional(v.record(v.string(), attribute), {}),
});
const receiveRequest = v.object({
  QueueUrl: filled,
  MaxNumberOfMessages: v.optional(between(1, 10), 1),
  VisibilityTimeout: v.optional(hiddenSeconds),
  // Taken, and not waited for: all messages are in one place here.
  WaitTimeSeconds: v.optional(between(0, 20)),
  AttributeNames: names,
  MessageSystemAttributeNames: names,
  MessageAttributeNames: names,
});
const deleteRequest = v.object(received);
const visibilityRequest = v.object({ ...received, VisibilityTimeout: hiddenSeconds });

/** The operations on messages, by name. */
export const messageOperations: Readonly<Record<string, SqsOperation>> = {
  SendMessage({ queues, body }) {
    const { QueueUrl, MessageBody, MessageAttributes } = parse(sendRequest, body);
    const attributes = Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]),
    );
    const { id } = queues.at(QueueUrl).send({ body: MessageBody, attributes });
    return { MessageId: id, MD5OfMessageBody: md5(MessageBody) };
  },

  ReceiveMessage({ queues, body }) {
    const request = parse(receiveRequest, body);
    const queue = queues.at(request.QueueUrl);
    const hidden = request.VisibilityTimeout ?? queue.settings.visibilityTimeout;
    const messages = queue.receive(request.MaxNumberOfMessages, hidden);
    // No list at all stands for none.
    return messages.length > 0 ? { Messages: messages.map(onWire(request)) } : {};
  },

  DeleteMessage({ queues, body }) {
    const { QueueUrl, ReceiptHandle } = parse(deleteRequest, body);
    queues.at(QueueUrl).remove(ReceiptHandle);
    return {};
  },

  ChangeMessageVisibility({ queues, body }) {
    const { QueueUrl, ReceiptHandle, VisibilityTimeout } = parse(visibilityRequest, body);
    queues.at(QueueUrl).changeVisibility(ReceiptHandle, VisibilityTimeout);
    return {};
  },
};

const onWire = (request: v.InferOutput<typeof receiveRequest>) => (message: Received) => {
  const system = {
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    ApproximateReceiveCount: String(message.receives),
    SentTimestamp: String(message.sentAt),
  };
  const own = Object.entries(message.attributes ?? {}).map(
    ([name, StringValue]) => [name, { StringValue, DataType: 'String' }] as const,
  );
  const wanted = [...request.AttributeNames, ...request.MessageSystemAttributeNames];
  const shown = {
    Attributes: asked(system, wanted),
    MessageAttributes: asked(Object.fromEntries(own), request.MessageAttributeNames),
  };
  return {
    MessageId: message.id,
    ReceiptHandle: message.handle,
    Body: message.body,
    MD5OfBody: md5(message.body),
    ...Object.fromEntries(Object.entries(shown).filter(([, each]) => Object.keys(each).length > 0)),
  };
};

/** Clients compare it with what they got. */
const md5 = (text: string) => createHash('md5').update(text).digest('hex');
