import type { Message, SQSClient } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import type { DeadLetter, DeadLetters } from '../rotation/dead-letters.ts';
import { failure } from './failure.ts';

const known = {
  OverLimit: ['THROTTLED', 'It is tried again by itself.'],
  QueueDoesNotExist: ['CONFIG_MISMATCH', 'Deploy the template again, which makes the queue.'],
  RequestThrottled: ['THROTTLED', 'It is tried again by itself.'],
} as const;

/** The invocation that takes letters up. */
export interface Reader {
  readonly signal: AbortSignal;
  /** Until Lambda ends it, in ms. */
  readonly livesForMs: () => number;
}

/**
 * Dead letters in a queue of SQS, which is asked for ten at a time. They are held for as long as
 * who takes them can live: no other run works on them, and when it dies the next one finds them.
 */
export function sqsDeadLetters(
  openClient: () => Promise<SQSClient>,
  queueUrl: string,
  { signal, livesForMs }: Reader,
): DeadLetters {
  const options = { abortSignal: signal };
  const loaded = once(async () => ({
    sdk: await import('@aws-sdk/client-sqs'),
    client: await openClient(),
  }));

  async function calling<R>(doing: string, work: () => Promise<R>): Promise<R> {
    try {
      return await work();
    } catch (error) {
      throw failure(error, { doing, signal, known });
    }
  }

  const letterOf = ({ MessageId = '', Body, ReceiptHandle }: Message): DeadLetter => ({
    id: MessageId,
    event: eventIn(Body),
    remove: () =>
      calling('Deleting a dead letter', async () => {
        const { sdk, client } = await loaded();
        const input = { QueueUrl: queueUrl, ReceiptHandle };
        await client.send(new sdk.DeleteMessageCommand(input), options);
      }),
    release: () =>
      calling('Giving a dead letter back to its queue', async () => {
        const { sdk, client } = await loaded();
        const input = { QueueUrl: queueUrl, ReceiptHandle, VisibilityTimeout: 0 };
        await client
          .send(new sdk.ChangeMessageVisibilityCommand(input), options)
          .catch(unlessNotHeld);
      }),
  });

  return {
    take: () =>
      calling('Reading the dead letters', async () => {
        const { sdk, client } = await loaded();
        const input = {
          QueueUrl: queueUrl,
          MaxNumberOfMessages: 10,
          VisibilityTimeout: Math.max(1, Math.ceil(livesForMs() / 1_000)),
          // Without a wait only some of the servers are asked, and letters overlooked.
          WaitTimeSeconds: 1,
        };
        const { Messages = [] } = await client.send(new sdk.ReceiveMessageCommand(input), options);
        return Messages.map(letterOf);
      }),
  };
}

/** What Lambda writes about an asynchronous invocation that failed for good: the event is inside. */
const destinationRecord = v.object({
  requestContext: v.object({ condition: v.string() }),
  requestPayload: v.unknown(),
});

const json = v.pipe(v.string(), v.parseJson());

/** The event as Scheduler leaves it, bare, or Lambda, in its record. */
function eventIn(body: string | undefined): unknown {
  const content = v.safeParse(json, body);
  if (!content.success) return undefined;
  const record = v.safeParse(destinationRecord, content.output);
  return record.success ? record.output.requestPayload : content.output;
}

/** For `catch`: a letter that somebody deleted meanwhile cannot be released, and need not be. */
function unlessNotHeld(error: unknown): void {
  const names = ['InvalidParameterValue', 'MessageNotInflight', 'ReceiptHandleIsInvalid'];
  if (error instanceof Error && names.includes(error.name)) return;
  throw error;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
