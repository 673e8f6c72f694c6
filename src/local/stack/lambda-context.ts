import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';

/** The timeout the template gives the functions, in ms. */
const timeoutMs = 300_000;

/** What Lambda hands a function beside its event. */
export function lambdaContext(functionArn: string): Context {
  const deadline = Date.now() + timeoutMs;
  const functionName = functionArn.split(':').at(-1) ?? functionArn;
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: functionArn,
    memoryLimitInMB: '512',
    awsRequestId: randomUUID(),
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'local',
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}
