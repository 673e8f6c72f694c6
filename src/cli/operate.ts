import type * as v from 'valibot';
import { askFunction, type Asked, type Operation } from './ask-function.ts';
import { Interrupted } from './failure.ts';

/**
 * Has the secret's own rotation function change something. Throws a Failure, and Interrupted at the
 * signal, after which nobody waits any more and the function goes on.
 */
export async function operate<S extends v.GenericSchema>(
  secret: Asked,
  operation: Operation,
  answers: S,
  signal: AbortSignal,
): Promise<v.InferOutput<S>> {
  if (signal.aborted) throw notAsked();
  try {
    return await askFunction(secret, operation, answers, signal);
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
