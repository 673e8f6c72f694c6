import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';

/** Where Lambda puts the log of a function, unless it is told otherwise; the template has it there. */
export const usualLogGroup = (functionArn: string): string =>
  `/aws/lambda/${functionArn.split(':')[6] ?? functionArn}`;

/** Where a function's configuration has its log; `undefined` where that may not be read. */
export async function configuredLogGroup(
  functionArn: string,
  abortSignal: AbortSignal,
): Promise<string | undefined> {
  const client = new LambdaClient({ maxAttempts: 2 });
  try {
    const { LoggingConfig } = await client.send(
      new GetFunctionConfigurationCommand({ FunctionName: functionArn }),
      { abortSignal },
    );
    return LoggingConfig?.LogGroup;
  } catch {
    // Whoever may not ask sees no steps, and is told so.
    return undefined;
  } finally {
    client.destroy();
  }
}
