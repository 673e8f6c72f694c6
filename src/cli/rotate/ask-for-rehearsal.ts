import * as v from 'valibot';
import { Failure } from '../failure.ts';
import { invokeFunction } from '../invoke-function.ts';

const told = v.object({
  code: v.string(),
  key: v.optional(v.string()),
  message: v.string(),
});

/** What a function may answer beside what this command knows: it may be a newer one. */
const rehearsal = v.object({
  secret: v.string(),
  name: v.string(),
  at: v.string(),
  ready: v.boolean(),
  obstacles: v.array(told),
  keys: v.array(
    v.object({
      key: v.string(),
      rotator: v.string(),
      changes: v.array(v.string()),
      check: v.picklist(['passed', 'refused']),
      rehearsal: v.optional(v.picklist(['passed', 'refused'])),
      problem: v.optional(told),
    }),
  ),
});

/** What a rotation that began now would meet, as the rotation function says; holds no value. */
export type RehearsalAnswer = v.InferOutput<typeof rehearsal>;

/** Has the secret's own rotation function run every check and rehearsal. Throws a Failure. */
export async function askForRehearsal(
  secret: { readonly arn: string; readonly functionArn: string },
  signal?: AbortSignal,
): Promise<RehearsalAnswer> {
  const event = { Operation: 'rehearse', SecretId: secret.arn };
  const answer = await invokeFunction(secret.functionArn, event, signal);
  const parsed = v.safeParse(rehearsal, answer);
  if (parsed.success) return parsed.output;
  throw new Failure(
    'UNEXPECTED',
    'The function answered something else than what a rotation would meet. Deploy the version of ' +
      'Keyturn that belongs to this command.',
  );
}
