import { codeOf, RotationError } from './errors.ts';
import type { Told } from './inspection.ts';

/** What an assertion throws, as it is told; `undefined` where it holds. */
export function told(assertion: () => void): Told | undefined {
  try {
    assertion();
    return undefined;
  } catch (error) {
    return toldOf(error);
  }
}

/** Of an error that is not ours only its code is known to be free of values. */
export function toldOf(error: unknown): Told {
  if (!(error instanceof RotationError))
    return { code: codeOf(error), message: 'It failed in a way it does not know.' };
  const { code, key, message } = error;
  return { code, ...(key && { key }), message };
}
