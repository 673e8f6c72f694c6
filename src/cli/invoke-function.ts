import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { isRetryable } from './is-retryable.ts';
import { awsFailure } from './aws-failure.ts';
import { Failure } from './failure.ts';
import { functionErrorIn } from './function-error.ts';
import { Unanswered } from './unanswered.ts';

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
  const text = Payload?.transformToString() ?? '';
  if (FunctionError) throw failureIn(text);
  return parsed(text || 'null');
}

async function send(functionArn: string, event: object, signal: AbortSignal | undefined) {
  const client = new LambdaClient({ maxAttempts: 1, requestHandler });
  try {
    return await client.send(
      new InvokeCommand({ FunctionName: functionArn, Payload: JSON.stringify(event) }),
      signal && { abortSignal: signal },
    );
  } catch (error) {
    throw withoutAnswer(awsFailure(error, { doing: `Invoking ${functionArn}` }));
  } finally {
    client.destroy();
  }
}

/** A refusal is an answer. */
const withoutAnswer = (failure: Failure): Failure =>
  failure.code === 'UNREACHABLE' ? new Unanswered(failure.code, failure.message) : failure;

/** What is no JSON is not quoted: it may be anything. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Failure(
      'UNEXPECTED',
      'The function answered something that is no JSON: it is none of Keyturn, or something between here ' +
        'and AWS answered in its place. Look at AWS_ENDPOINT_URL and the proxy.',
    );
  }
}

function failureIn(text: string): Failure {
  const { code, message } = functionErrorIn(text);
  const advice = isRetryable(code)
    ? ' Nothing repeats that by itself: run the same command again.'
    : '';
  return new Failure(code, `${message}${advice}`);
}
