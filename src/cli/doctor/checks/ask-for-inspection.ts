import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import { within } from '../../../app/within.ts';
import { type FunctionError, functionErrorIn } from '../../function-error.ts';
import { inspectionSchema, type InspectionAnswer } from '../../inspection.ts';
import { type Caller, patient } from '../clients.ts';

interface Wanted {
  readonly functionArn: string;
  readonly secretArn: string;
  readonly caller: Caller;
}

/** What an invocation came to, apart from what keeps it from being made at all. */
export type Answer =
  | { readonly inspection: InspectionAnswer }
  | { readonly failed: FunctionError }
  | { readonly other: true };

/** Systems that do not answer are waited for within the function; it has time for several. In ms. */
const longest = 120_000;

/**
 * Has the function ask every system what is true. Throws what the SDK throws, and a TimeoutError
 * after two minutes.
 */
export async function askForInspection({
  functionArn,
  secretArn,
  caller,
}: Wanted): Promise<Answer> {
  const requestHandler = { ...patient.requestHandler, requestTimeout: longest };
  const client = new LambdaClient({ ...caller, ...patient, requestHandler, maxAttempts: 1 });
  const Payload = JSON.stringify({ Operation: 'inspect', SecretId: secretArn });
  try {
    const answer = await within(longest, (abortSignal) =>
      client.send(new InvokeCommand({ FunctionName: functionArn, Payload }), { abortSignal }),
    );
    const text = answer.Payload?.transformToString() ?? '';
    return answer.FunctionError ? { failed: functionErrorIn(text) } : inspectionIn(text);
  } finally {
    client.destroy();
  }
}

const inspectionText = v.pipe(v.string(), v.parseJson(), inspectionSchema);

function inspectionIn(text: string): Answer {
  const parsed = v.safeParse(inspectionText, text);
  return parsed.success ? { inspection: parsed.output } : { other: true };
}
