import type { LocalClock } from '../clock.ts';
import { createQueue, type Queue, type QueueSettings } from './queue.ts';
import { invalidParameter, noSuchQueue } from './sqs-error.ts';

/** What CreateQueue sets where nothing else is asked for, in seconds. */
const defaults: QueueSettings = { visibilityTimeout: 30, retentionPeriod: 345_600 };

/** The queues of the account. */
export interface Queues {
  list(): readonly Queue[];
  /** Throws QueueDoesNotExist. */
  named(name: string): Queue;
  /** The queue of a URL, wherever that begins. Throws QueueDoesNotExist. */
  at(url: string): Queue;
  withArn(queueArn: string): Queue | undefined;
  /** Answers the queue that is there already, whatever its settings. */
  create(name: string, settings?: Partial<QueueSettings>): Queue;
}

export function createQueues(clock: LocalClock): Queues {
  const queues = new Map<string, Queue>();

  function named(name: string): Queue {
    const queue = queues.get(name);
    if (queue) return queue;
    throw noSuchQueue();
  }

  return {
    list: () => [...queues.values()],
    named,
    at: (url) => named(url.split('/').at(-1) ?? ''),
    withArn: (queueArn) => [...queues.values()].find(({ arn }) => arn === queueArn),
    create(name, settings) {
      if (!/^[\w-]{1,80}$/.test(name)) throw invalidParameter('QueueName');
      const queue = queues.get(name) ?? createQueue(clock, name, { ...defaults, ...settings });
      queues.set(name, queue);
      return queue;
    },
  };
}
