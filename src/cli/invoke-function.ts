import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import { retryableByCode } from '../rotation/errors.ts';
import { awsFailure } from './aws-failure.ts';
import { Failure } from './failure.ts';

const failed = v.object({ errorType: v.string(), errorMessage: v.string() });

/** Lambda's longest timeout is 15 minutes; the answer comes at its end. */
const requestHandler = {
  connectionTimeout: 10_000,
  requestTimeout: 905_000,
  throwOnRequestTimeout: true,
};

/**
 * Invokes a function and waits for what it answers. Throws a Failure with the function's own code
 * and advice. An invocation is sent once: what became of one without an answer, the next call tells.
 * At the signal nobody waits any more; the function runs on.
 */
export async function invokeFunction(
  functionArn: string,
  event: object,
  signal?: AbortSignal,
): Promise<unknown> {
  const { FunctionError, Payload } = await send(functionArn, event, signal);
  const answer: unknown = JSON.parse(Payload?.transformToString() || 'null');
  if (!FunctionError) return answer;
  throw failureIn(answer);
}

async function send(functionArn: string, event: object, signal: AbortSignal | undefined) {
  const client = new LambdaClient({ maxAttempts: 1, requestHandler });
  try {
    return await client.send(
      new InvokeCommand({ FunctionName: functionArn, Payload: JSON.stringify(event) }),
      signal && { abortSignal: signal },
    );
  } catch (error) {
    throw awsFailure(error, { doing: `Invoking ${functionArn}` });
  } finally {
    client.destroy();
  }
}

function failureIn(answer: unknown): Failure {
  const parsed = v.safeParse(failed, answer);
  if (!parsed.success) return new Failure('UNEXPECTED', 'The function failed and did not say why.');
  const { errorType, errorMessage } = parsed.output;
  const code = /^RotationError\[(\w+)\]$/.exec(errorType)?.[1] ?? errorType;
  const passes = Object.entries(retryableByCode).some(([each, may]) => each === code && may);
  const advice = passes ? ' Nothing repeats that by itself: run the same command again.' : '';
  return new Failure(code, `${errorMessage}${advice}`);
}
