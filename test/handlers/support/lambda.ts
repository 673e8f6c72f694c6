import type { Context } from 'aws-lambda';
import { FunctionLogger, type LogLine } from '../../../src/local/stack/function-logger.ts';
import { lambdaContext } from '../../../src/local/stack/lambda-context.ts';

const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:keyturn-rotate';

/** What Lambda hands over, with so much time left. */
export const contextWith = (remainingMs = 300_000): Context => {
  const end = Date.now() + remainingMs;
  return {
    ...lambdaContext(functionArn),
    getRemainingTimeInMillis: () => Math.max(0, end - Date.now()),
  };
};

/** Powertools' logger, and the lines it would have printed. */
export function listeningLogger(): { logger: FunctionLogger; lines: LogLine[] } {
  const lines: LogLine[] = [];
  return { logger: new FunctionLogger('keyturn', (line) => lines.push(line)), lines };
}

export const secretArn =
  'arn:aws:secretsmanager:us-east-1:000000000000:secret:shop/production-AbCdEf';

export const rotationToken = 'a-rotation-token-that-nobody-may-ever-see';

export const rotationEvent = {
  Step: 'createSecret',
  SecretId: secretArn,
  ClientRequestToken: '00000000-0000-4000-8000-000000000001',
  RotationToken: rotationToken,
} as const;
