import { conflict } from './scheduler-error.ts';

/** Answers a request that comes again, by its client token, as it was answered the first time. */
export interface ClientTokens {
  /** Throws ConflictException for a token that came with another request. */
  once(
    token: string | undefined,
    request: object,
    work: () => Readonly<Record<string, unknown>>,
  ): Readonly<Record<string, unknown>>;
}

export function createClientTokens(): ClientTokens {
  const answers = new Map<string, { request: string; answer: Readonly<Record<string, unknown>> }>();

  return {
    once(token, request, work) {
      if (token === undefined) return work();
      const text = JSON.stringify(request);
      const earlier = answers.get(token);
      if (earlier?.request === text) return earlier.answer;
      if (earlier) throw conflict('The ClientToken was used for another request.');

      const answer = work();
      answers.set(token, { request: text, answer });
      return answer;
    },
  };
}
