import type { Context } from 'aws-lambda';
import middy from '@middy/core';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import type { Logger } from '@aws-lambda-powertools/logger';
import { openSecret } from '../aws/secrets-manager-store.ts';
import { outOfTime, RotationError, type Step } from '../rotation/errors.ts';
import type { Journal } from '../rotation/journal.ts';
import { redactedCause, summary } from '../rotation/redacted-cause.ts';
import type { Invocation } from '../rotation/rotation.ts';
import { loggingJournal } from './logging-journal.ts';
import type { Wiring } from './wiring.ts';

/** How long before Lambda's own timeout the signal fires, in ms: enough to end in good order. */
const timeoutEarlyInMillis = 5_000;

/** The work of one invocation; `signal` fires safely before the function's timeout. */
type Work<R> = (event: unknown, context: Context, signal: AbortSignal) => Promise<R>;

/**
 * A Lambda handler around the work: log lines carry the request, time is kept, and an error leaves
 * as an error. No middleware here answers in its place, since Secrets Manager takes any answer for
 * a success.
 */
export const lambdaHandler = <R>(logger: Logger, work: Work<R>) =>
  middy({
    timeoutEarlyInMillis,
    timeoutEarlyResponse: () => {
      throw outOfTime();
    },
  })
    // Said in so many words: an environment variable of Powertools would log the event otherwise.
    .use(injectLambdaContext(logger, { logEvent: false, resetKeys: true }))
    .handler(async (event: unknown, context: Context, { signal }) => {
      try {
        return await work(event, context, signal);
      } catch (error) {
        throw logged(logger, error);
      }
    });

/** What Lambda hands over beside an event, and who measures what becomes of it. */
export interface Frame {
  readonly context: Context;
  readonly signal: AbortSignal;
  readonly metrics?: Journal;
}

/** What an event asks for, of which secret. */
export interface Call {
  readonly step: Step;
  readonly secretId: string;
  readonly rotationToken?: string | undefined;
  /** The version that a step of a rotation is about. */
  readonly token?: string | undefined;
}

/** What one event is worked on with. */
export function invocationOf(
  wiring: Wiring,
  { context, signal, metrics }: Frame,
  { step, secretId, rotationToken, token }: Call,
): Invocation {
  const { clock, logger, listener } = wiring;
  const name = secretName(secretId);
  const log = loggingJournal(logger, name, token);
  return {
    step,
    secretId,
    secret: openSecret({ client: wiring.secretsManager, secretId, signal, rotationToken }),
    plan: wiring.configuration.planFor(name),
    bookings: wiring.bookings(signal),
    clock,
    journal: {
      record(entry) {
        log.record(entry);
        metrics?.record(entry);
        listener?.record(entry);
      },
    },
    log: logger,
    signal,
    remainingMs: () => context.getRemainingTimeInMillis() - timeoutEarlyInMillis,
  };
}

/** The name inside an ARN, without the six characters that Secrets Manager adds; or the name itself. */
export function secretName(secretId: string): string {
  const arn = /^arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:(.+)$/.exec(secretId);
  return arn?.[1]?.replace(/-[A-Za-z0-9]{6}$/, '') ?? secretId;
}

function logged(logger: Logger, error: unknown): Error {
  if (error instanceof RotationError) {
    const { code, step, key, retryable } = error;
    logger.error(error.message, { code, step, key, retryable });
    return error;
  }
  // Nothing but ours is known to be free of values, so anything else leaves without its message.
  const what = summary(redactedCause(error, (text) => text));
  const unknown = new RotationError(
    'UNEXPECTED',
    `The function failed in a way it does not know (${what}). It is tried again by itself; if it keeps ` +
      'failing, report it with this message.',
  );
  logger.error(unknown.message, { code: unknown.code });
  return unknown;
}
