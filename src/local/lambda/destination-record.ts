import type { Outcome } from './invoke.ts';

/** An asynchronous invocation whose every attempt failed. */
export interface GivenUp {
  readonly functionArn: string;
  readonly event: unknown;
  readonly attempts: number;
  /** What the last attempt came to. */
  readonly outcome: Outcome;
}

/** What Lambda tells the destination of a function that failed, as the text of a message. */
export function destinationRecord(
  { functionArn, event, attempts, outcome }: GivenUp,
  at: Date,
): string {
  return JSON.stringify({
    version: '1.0',
    timestamp: at.toISOString(),
    requestContext: {
      requestId: crypto.randomUUID(),
      functionArn: `${functionArn}:$LATEST`,
      condition: 'RetriesExhausted',
      approximateInvokeCount: attempts,
    },
    requestPayload: event,
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: JSON.parse(outcome.payload),
  });
}
