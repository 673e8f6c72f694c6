import * as v from 'valibot';
import type { Queue } from './queue.ts';
import { asked, filled, names, parse, urlOf, type SqsOperation } from './sqs-call.ts';

/** Attributes are texts on the wire, numbers too. */
const seconds = v.optional(v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number)));

const createRequest = v.object({
  QueueName: filled,
  Attributes: v.optional(
    v.object({ VisibilityTimeout: seconds, MessageRetentionPeriod: seconds }),
    {},
  ),
});
const namedRequest = v.object({ QueueName: filled });
const listRequest = v.object({ QueueNamePrefix: v.optional(v.string(), '') });
const attributesRequest = v.object({ QueueUrl: filled, AttributeNames: names });
const purgeRequest = v.object({ QueueUrl: filled });

/** The operations on queues themselves, by name. */
export const queueOperations: Readonly<Record<string, SqsOperation>> = {
  CreateQueue({ queues, origin, body }) {
    const { QueueName, Attributes } = parse(createRequest, body);
    const { VisibilityTimeout, MessageRetentionPeriod } = Attributes;
    const queue = queues.create(QueueName, {
      ...(VisibilityTimeout !== undefined && { visibilityTimeout: VisibilityTimeout }),
      ...(MessageRetentionPeriod !== undefined && { retentionPeriod: MessageRetentionPeriod }),
    });
    return { QueueUrl: urlOf(queue, origin) };
  },

  GetQueueUrl: ({ queues, origin, body }) => ({
    QueueUrl: urlOf(queues.named(parse(namedRequest, body).QueueName), origin),
  }),

  ListQueues({ queues, origin, body }) {
    const { QueueNamePrefix: prefix } = parse(listRequest, body);
    const matching = queues.list().filter(({ name }) => name.startsWith(prefix));
    return { QueueUrls: matching.map((queue) => urlOf(queue, origin)) };
  },

  GetQueueAttributes({ queues, body }) {
    const { QueueUrl, AttributeNames } = parse(attributesRequest, body);
    return { Attributes: asked(attributesOf(queues.at(QueueUrl)), AttributeNames) };
  },

  PurgeQueue({ queues, body }) {
    queues.at(parse(purgeRequest, body).QueueUrl).purge();
    return {};
  },
};

function attributesOf(queue: Queue): Readonly<Record<string, string>> {
  const visible = queue.visible().length;
  const created = String(Math.floor(queue.createdAt.getTime() / 1000));
  return {
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(queue.messages.length - visible),
    ApproximateNumberOfMessagesDelayed: '0',
    CreatedTimestamp: created,
    LastModifiedTimestamp: created,
    VisibilityTimeout: String(queue.settings.visibilityTimeout),
    MessageRetentionPeriod: String(queue.settings.retentionPeriod),
  };
}
