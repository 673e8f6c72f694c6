import { RotationError } from '../rotation/errors.ts';
import { ofValue } from '../rotation/of-value.ts';

/**
 * What is read of a credential; `undefined` where somebody stored something of which no login can be
 * made. As a victim that names nothing to end.
 */
export async function ifUsable<R>(read: () => Promise<R>): Promise<R | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof RotationError && ofValue(error)) return undefined;
    throw error;
  }
}
