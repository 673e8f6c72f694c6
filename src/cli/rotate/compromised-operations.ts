import * as v from 'valibot';
import { marksOf } from '../../rotation/compromised.ts';
import { Failure, Interrupted } from '../failure.ts';
import { findSecret, type FoundSecret } from '../find-secret.ts';
import { invokeFunction } from '../invoke-function.ts';

const marked = v.object({ keys: v.array(v.string()) });
const reconciled = v.object({ revoked: v.array(v.string()) });

/**
 * Has the function mark the current value of a key as compromised. Answers all keys that are marked
 * with it. Throws a Failure, beside a rotation unless that began after the mark.
 */
export async function markKey(
  secret: FoundSecret,
  key: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    return (await operate(marked, secret, { Operation: 'compromise', Key: key }, signal)).keys;
  } catch (error) {
    // An earlier run of this command may have come as far as that.
    const pending = error instanceof Failure && error.code === 'ROTATION_IN_PROGRESS';
    if (pending && (await isMarked(secret, key))) return [key];
    throw error;
  }
}

/** Has the function end what is superseded and due. Answers the keys of which it did. */
export async function endSuperseded(
  secret: FoundSecret,
  signal: AbortSignal,
): Promise<readonly string[]> {
  return (await operate(reconciled, secret, { Operation: 'reconcile' }, signal)).revoked;
}

/** A mark is put on beside no rotation, so one that is pending knows of it. */
async function isMarked({ arn }: FoundSecret, key: string): Promise<boolean> {
  const { labelsOf, versionAt } = await findSecret(arn);
  const labels = labelsOf.get(versionAt('AWSCURRENT') ?? '') ?? [];
  return marksOf(key).some((mark) => labels.includes(mark));
}

async function operate<S extends v.GenericSchema>(
  schema: S,
  { arn, functionArn }: FoundSecret,
  operation: object,
  signal: AbortSignal,
): Promise<v.InferOutput<S>> {
  const answer = await invokeFunction(functionArn, { ...operation, SecretId: arn }, signal).catch(
    (error: unknown) => {
      throw signal.aborted ? stopped() : error;
    },
  );
  const parsed = v.safeParse(schema, answer);
  if (parsed.success) return parsed.output;
  throw new Failure(
    'UNEXPECTED',
    'The function answered something else than it was asked for. Deploy the version of Keyturn that ' +
      'belongs to this command.',
  );
}

const stopped = () =>
  new Interrupted('INTERRUPTED', 'Nobody waits for the function any more; it goes on at AWS.');
