import type { Fault } from './behaviour.ts';
import { TwilioError } from './twilio-error.ts';

/** Answers as `work` does, or as the fault has it; `work` is done unless the fault prevents it. */
export async function underFault(
  fault: Fault | undefined,
  signal: AbortSignal,
  work: () => Promise<Response>,
): Promise<Response> {
  switch (fault) {
    case 'rate-limited':
      throw new TwilioError(429, 20429, 'Too many requests');
    case 'unavailable':
      return proxyPage(503);
    case 'answer-lost':
      await attempt(work);
      return proxyPage(502);
    case 'answer-held':
      await attempt(work);
      return abandoned(signal);
    case undefined:
      break;
  }
  return work();
}

/** Twilio's refusal is an answer too, and as lost as any other. */
async function attempt(work: () => Promise<Response>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof TwilioError)) throw error;
  }
}

/** What a proxy says in the place of an answer: no JSON, and so no Twilio code. */
const proxyPage = (status: number) =>
  new Response('<html><body>Bad gateway</body></html>', {
    status,
    headers: { 'Content-Type': 'text/html' },
  });

/** Waits until the client gives up; what is answered then reaches nobody. */
const abandoned = (signal: AbortSignal) =>
  new Promise<Response>((resolve) => {
    const give = () => resolve(proxyPage(504));
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
