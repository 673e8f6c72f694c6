import { randomUUID } from 'node:crypto';
import { localAccount, localRegion } from '../aws-service.ts';
import type { LocalClock } from '../clock.ts';
import type { QueuedMessage } from '../queues.ts';
import { invalidReceiptHandle, notInFlight } from './sqs-error.ts';

/** What a queue is made with, in seconds. */
export interface QueueSettings {
  readonly visibilityTimeout: number;
  readonly retentionPeriod: number;
}

interface Message extends QueuedMessage {
  readonly id: string;
  readonly sentAt: number;
  /** From when on it can be received. */
  visibleAt: number;
  receives: number;
  firstReceivedAt: number | undefined;
  /** The latest one; those before it are worth nothing any more. */
  handle: string | undefined;
}

/** A message in the hands of who received it. */
export type Received = Readonly<Message> & { readonly handle: string };

/** A standard queue. Messages that were received are hidden for a time, and come again. */
export interface Queue {
  readonly name: string;
  readonly arn: string;
  readonly settings: QueueSettings;
  readonly createdAt: Date;
  /** Every message there is, hidden ones too. */
  readonly messages: readonly Readonly<Message>[];
  visible(): readonly Readonly<Message>[];
  send(message: QueuedMessage): Readonly<Message>;
  /** Hides what it answers for so many seconds. */
  receive(most: number, hiddenSeconds: number): readonly Received[];
  /** With an earlier handle than the latest it deletes nothing. Throws ReceiptHandleIsInvalid. */
  remove(handle: string): void;
  /** Counts from now. Throws ReceiptHandleIsInvalid or MessageNotInflight. */
  changeVisibility(handle: string, hiddenSeconds: number): void;
  purge(): void;
}

export function createQueue(clock: LocalClock, name: string, settings: QueueSettings): Queue {
  let kept: Message[] = [];
  const handles = new Map<string, Message>();
  const now = () => clock.now().getTime();
  const present = () => {
    const oldest = now() - settings.retentionPeriod * 1000;
    return (kept = kept.filter(({ sentAt }) => sentAt > oldest));
  };
  const visible = () => present().filter(({ visibleAt }) => visibleAt <= now());

  function messageOf(handle: string): Message {
    const message = handles.get(handle);
    if (message) return message;
    throw invalidReceiptHandle();
  }

  return {
    name,
    arn: `arn:aws:sqs:${localRegion}:${localAccount}:${name}`,
    settings,
    createdAt: clock.now(),
    get messages() {
      return present();
    },
    visible,

    send(sent) {
      const message: Message = {
        ...sent,
        id: randomUUID(),
        sentAt: now(),
        visibleAt: now(),
        receives: 0,
        firstReceivedAt: undefined,
        handle: undefined,
      };
      kept.push(message);
      return message;
    },

    receive: (most, hiddenSeconds) =>
      visible()
        .slice(0, most)
        .map((message) => {
          const handle = randomUUID();
          handles.set(handle, message);
          message.receives += 1;
          message.firstReceivedAt ??= now();
          message.visibleAt = now() + hiddenSeconds * 1000;
          message.handle = handle;
          return { ...message, handle };
        }),

    remove(handle) {
      const message = messageOf(handle);
      if (message.handle === handle) kept = kept.filter((each) => each !== message);
    },

    changeVisibility(handle, hiddenSeconds) {
      const message = messageOf(handle);
      const held = message.handle === handle && message.visibleAt > now();
      if (!held || !kept.includes(message)) throw notInFlight();
      message.visibleAt = now() + hiddenSeconds * 1000;
    },

    purge() {
      kept = [];
    },
  };
}
