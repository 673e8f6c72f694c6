import { GetFunctionConfigurationCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { awsFailure } from '../aws-failure.ts';
import { Failure } from '../failure.ts';
import { isKeyturns } from '../keyturns-function.ts';

/** Whether a function is Keyturn's. Throws a Failure where that cannot be told. */
export type Recognise = (functionArn: string) => Promise<boolean>;

/**
 * Tells Keyturn's functions from others by the names of their variables: another function is never
 * sent an event it does not know. Asks once for each; what failed is asked for again.
 */
export function createRecognition(client: LambdaClient, signal?: AbortSignal): Recognise {
  const known = new Map<string, Promise<boolean>>();
  return (functionArn) => {
    const before = known.get(functionArn);
    if (before) return before;
    const asked = variableNames(client, functionArn, signal).then(isKeyturns);
    known.set(functionArn, asked);
    asked.catch(() => known.delete(functionArn));
    return asked;
  };
}

/** What the variables hold is let go by: of another function's it may be a secret. */
async function variableNames(
  client: LambdaClient,
  functionArn: string,
  signal: AbortSignal | undefined,
) {
  const doing = `Asking what kind of function ${functionArn} is`;
  try {
    const command = new GetFunctionConfigurationCommand({ FunctionName: functionArn });
    const { Environment } = await client.send(command, signal && { abortSignal: signal });
    if (Environment?.Error) throw sealed(doing);
    return Object.keys(Environment?.Variables ?? {});
  } catch (error) {
    throw awsFailure(error, { doing });
  }
}

const sealed = (doing: string) =>
  new Failure(
    'ACCESS_DENIED',
    `${doing} failed: its variables are encrypted with a key of KMS that you may not use. Use an ` +
      'identity that may.',
  );
