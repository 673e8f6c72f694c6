import * as v from 'valibot';
import { Failure } from './failure.ts';
import { invokeFunction } from './invoke-function.ts';

/** What a function may answer beside what this command knows: it may be a newer one. */
const told = v.object({
  code: v.string(),
  key: v.optional(v.string()),
  message: v.string(),
});

const inspection = v.object({
  secret: v.string(),
  name: v.string(),
  at: v.string(),
  rotationEnabled: v.boolean(),
  versions: v.array(
    v.object({
      versionId: v.string(),
      labels: v.array(v.string()),
      createdAt: v.optional(v.string()),
      problem: v.optional(told),
    }),
  ),
  keys: v.array(
    v.object({
      key: v.string(),
      rotator: v.string(),
      changes: v.array(v.string()),
      credentials: v.array(
        v.object({
          versionId: v.string(),
          verdict: v.picklist(['accepted', 'rejected', 'unknown', 'failed']),
          problem: v.optional(told),
        }),
      ),
      obstacle: v.optional(told),
      supersededUntil: v.optional(v.string()),
    }),
  ),
});

/** What the rotation function says of a secret and its systems; holds no value. */
export type InspectionAnswer = v.InferOutput<typeof inspection>;

/**
 * Has the secret's own rotation function ask every system what is true: it reaches them and may read
 * the secret, and who asks need not. Throws a Failure.
 */
export async function inspectSecret(secret: {
  readonly arn: string;
  readonly functionArn: string;
}): Promise<InspectionAnswer> {
  const answer = await invokeFunction(secret.functionArn, {
    Operation: 'inspect',
    SecretId: secret.arn,
  });
  const parsed = v.safeParse(inspection, answer);
  if (parsed.success) return parsed.output;
  throw new Failure(
    'UNEXPECTED',
    'The function answered something else than how the secret stands. Deploy the version of Keyturn ' +
      'that belongs to this command.',
  );
}
