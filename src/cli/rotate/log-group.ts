import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { awsFailure } from '../aws-failure.ts';
import { requestHandler } from './patience.ts';

/** Where Lambda puts the log of a function, unless it is told otherwise; the template has it there. */
export const usualLogGroup = (functionArn: string): string =>
  `/aws/lambda/${functionArn.split(':')[6] ?? functionArn}`;

/**
 * Where a function's configuration has its log; `undefined` where that may not be read. Throws a
 * Failure where it cannot be told. A rotation waits for it, so it is asked for once.
 */
export async function configuredLogGroup(
  functionArn: string,
  abortSignal: AbortSignal,
): Promise<string | undefined> {
  const client = new LambdaClient({ maxAttempts: 1, requestHandler });
  try {
    const { LoggingConfig } = await client.send(
      new GetFunctionConfigurationCommand({ FunctionName: functionArn }),
      { abortSignal },
    );
    return LoggingConfig?.LogGroup;
  } catch (error) {
    const failure = awsFailure(error, { doing: `Asking where the log of ${functionArn} is` });
    // To see the steps in their usual place takes no permission to ask for another one.
    if (failure.code === 'ACCESS_DENIED') return undefined;
    throw failure;
  } finally {
    client.destroy();
  }
}
