import * as v from 'valibot';
import type { FoundSecret } from '../find-secret.ts';
import { operate } from '../operate.ts';

const marked = v.object({ keys: v.array(v.string()) });
const reconciled = v.object({ revoked: v.array(v.string()) });

/**
 * Has the function mark the current value of a key as compromised. Answers all keys that are marked
 * with it. Throws a Failure, also beside any rotation: its new value may have been made before the mark.
 */
export async function markKey(
  secret: FoundSecret,
  key: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  return (await operate(secret, { Operation: 'compromise', Key: key }, marked, signal)).keys;
}

/** Has the function end what is superseded and due. Answers the keys of which it did. */
export async function endSuperseded(
  secret: FoundSecret,
  signal: AbortSignal,
): Promise<readonly string[]> {
  return (await operate(secret, { Operation: 'reconcile' }, reconciled, signal)).revoked;
}
