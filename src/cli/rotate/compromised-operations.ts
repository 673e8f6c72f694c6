import * as v from 'valibot';
import { askFunction, type Operation } from '../ask-function.ts';
import { Interrupted } from '../failure.ts';
import type { FoundSecret } from '../find-secret.ts';

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
  return (await operate(marked, secret, { Operation: 'compromise', Key: key }, signal)).keys;
}

/** Has the function end what is superseded and due. Answers the keys of which it did. */
export async function endSuperseded(
  secret: FoundSecret,
  signal: AbortSignal,
): Promise<readonly string[]> {
  return (await operate(reconciled, secret, { Operation: 'reconcile' }, signal)).revoked;
}

async function operate<S extends v.GenericSchema>(
  schema: S,
  secret: FoundSecret,
  operation: Operation,
  signal: AbortSignal,
): Promise<v.InferOutput<S>> {
  if (signal.aborted) throw notAsked();
  try {
    return await askFunction(secret, operation, schema, signal);
  } catch (error) {
    throw signal.aborted ? stopped() : error;
  }
}

const notAsked = () => new Interrupted('INTERRUPTED', 'Interrupted before the function was asked.');

const stopped = () =>
  new Interrupted(
    'INTERRUPTED',
    'Nobody waits for the function any more; what it was asked for may go on at AWS.',
  );
