import * as v from 'valibot';
import { Failure } from './failure.ts';
import { invokeFunction } from './invoke-function.ts';

/** A secret, and the function that rotates it. */
export interface Asked {
  readonly arn: string;
  readonly functionArn: string;
}

/** One of the function's operations, and what belongs to it. */
export interface Operation {
  readonly Operation: 'inspect' | 'rehearse' | 'repair' | 'compromise' | 'reconcile' | 'rollback';
  readonly [detail: string]: unknown;
}

/**
 * Has the secret's own rotation function do what a person asks: it reaches the systems and may read
 * the secret, and who asks need not. Throws a Failure with the function's own code; at the signal
 * nobody waits any more, and the function goes on.
 */
export async function askFunction<S extends v.GenericSchema>(
  { arn, functionArn }: Asked,
  operation: Operation,
  answers: S,
  signal?: AbortSignal,
): Promise<v.InferOutput<S>> {
  const answer = await invokeFunction(functionArn, { ...operation, SecretId: arn }, signal);
  // A newer function may answer more than this command knows.
  const parsed = v.safeParse(answers, answer);
  if (parsed.success) return parsed.output;
  throw new Failure(
    'UNEXPECTED',
    'The function answered something that this command does not know. Deploy the version of Keyturn ' +
      'that belongs to this command, and look at the secret with keyturn status.',
  );
}
