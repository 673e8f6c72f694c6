/** What a service puts into a queue. */
export interface QueuedMessage {
  readonly body: string;
  /** Message attributes, all of them strings. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** The queues that "exist", as services see them that put something in. */
export interface LocalQueues {
  /** Where there is no queue of this ARN the message is lost, as it is with AWS's services. */
  send(queueArn: string, message: QueuedMessage): void;
}
