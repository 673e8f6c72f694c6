import { inspect } from 'node:util';
import { expect } from 'vitest';
import { RotationError, type ErrorCode } from '../../src/rotation/errors.ts';

/** Words with which a message says what happens next, or what a person is to do. */
const nextStep =
  /\b(again|apply|correct|deploy|grant|leave|look|mend|name|put|raise|remove|restore|rotate|set|start|store|switch|there are|wait)\b/i;

/** Fails unless this is an error of Keyturn's: known code, key, a next step, and no secret in it. */
export function expectTold(
  error: unknown,
  { code, secrets = [] }: { code?: ErrorCode; secrets?: readonly string[] } = {},
): RotationError {
  if (!(error instanceof RotationError)) {
    throw new Error(`Not a RotationError: ${inspect(error)}`, { cause: error });
  }
  expect(error.code).not.toBe('UNEXPECTED');
  if (code) expect(error.code).toBe(code);
  expect(error.message).toMatch(nextStep);
  for (const shown of showings(error)) expectSilent(shown, secrets);
  return error;
}

/** Every way in which an error may end up in a log. */
function showings(error: RotationError): readonly string[] {
  const chain: unknown[] = [];
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    chain.push(each.message, each.stack, JSON.stringify(each), Object.entries(each));
  }
  const options = { depth: Infinity, showHidden: true };
  return [...chain.map((each) => inspect(each, options)), inspect(error, options)];
}

/** Fails when a text shows one of the secrets. */
export function expectSilent(text: string, secrets: readonly string[]): void {
  for (const secret of secrets.filter((each) => each.length > 3)) {
    const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')];
    for (const form of forms) expect(text.includes(form), `a secret in: ${text}`).toBe(false);
  }
}
