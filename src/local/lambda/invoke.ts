import type { LocalFunction } from '../functions.ts';

/** What an invocation answered, as the text that goes over the wire. */
export interface Outcome {
  readonly failed: boolean;
  readonly payload: string;
}

/** Invokes a function. Never rejects: what it throws is worded as Lambda's Node runtime does. */
export async function invoke(run: LocalFunction, event: unknown): Promise<Outcome> {
  try {
    return { failed: false, payload: JSON.stringify((await run(event)) ?? null) };
  } catch (error) {
    return { failed: true, payload: JSON.stringify(wordingOf(error)) };
  }
}

/** A failed function is a success of the service: HTTP 200, and a header that tells. */
export function answerOf({ failed, payload }: Outcome): Response {
  return new Response(payload, {
    headers: {
      'content-type': 'application/json',
      'x-amz-executed-version': '$LATEST',
      'x-amzn-requestid': crypto.randomUUID(),
      ...(failed && { 'x-amz-function-error': 'Unhandled' }),
    },
  });
}

function wordingOf(error: unknown) {
  if (!(error instanceof Error)) {
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  }
  const { name, message, stack = '' } = error;
  return { errorType: name, errorMessage: message, trace: stack.split('\n') };
}
