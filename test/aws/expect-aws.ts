import { expect } from 'vitest';
import { type ErrorCode, retryableByCode, RotationError } from '../../src/rotation/errors.ts';
import { quoted } from './answering.ts';

/** What a promise throws; fails when it throws nothing. */
export async function answerOf(promise: Promise<unknown>): Promise<unknown> {
  const outcome = await promise.then(
    () => ({ isDone: true }),
    (error: unknown) => ({ error }),
  );
  return 'error' in outcome ? outcome.error : expect.unreachable('it went through');
}

/** Our error; fails unless it says what is next, without a word or a cause of the service's. */
export function expectAws(error: unknown, code?: ErrorCode): RotationError {
  if (!(error instanceof RotationError)) throw new Error('Not a RotationError', { cause: error });
  if (code) expect(error.code).toBe(code);
  expect(error.retryable).toBe(retryableByCode[error.code]);
  expect(error.message).toMatch(/again|Correct|Grant|Store|There is no|Look|Remove|first/);
  expect(error.cause).toBeUndefined();
  expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toContain(quoted);
  return error;
}
