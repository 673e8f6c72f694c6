import * as v from 'valibot';
import { Failure } from './failure.ts';
import { invokeFunction } from './invoke-function.ts';

/** What a function may answer beside what this command knows: it may be a newer one. */
const told = v.object({
  code: v.string(),
  key: v.optional(v.string()),
  message: v.string(),
});

const time = v.pipe(
  v.string(),
  v.check((text) => !Number.isNaN(Date.parse(text))),
);

const wayOut = v.object({
  way: v.string(),
  keys: v.array(v.string()),
  version: v.optional(v.string()),
  finding: v.string(),
  action: v.optional(v.string()),
  reasons: v.array(told),
});

/** The shape of what the function answers; it may tell more. */
export const inspectionSchema = v.object({
  secret: v.string(),
  name: v.string(),
  at: time,
  rotationEnabled: v.boolean(),
  versions: v.array(
    v.object({
      versionId: v.string(),
      labels: v.array(v.string()),
      createdAt: v.optional(time),
      problem: v.optional(told),
      foreignChange: v.optional(v.string()),
    }),
  ),
  keys: v.array(
    v.object({
      key: v.string(),
      rotator: v.string(),
      changes: v.array(v.string()),
      optional: v.optional(v.array(v.string())),
      switches: v.optional(v.boolean()),
      administered: v.optional(v.boolean()),
      madeByProvider: v.optional(v.boolean()),
      credentials: v.array(
        v.object({
          versionId: v.string(),
          verdict: v.picklist(['accepted', 'rejected', 'unknown', 'failed']),
          problem: v.optional(told),
        }),
      ),
      obstacle: v.optional(told),
      supersededUntil: v.optional(time),
    }),
  ),
  /** What can be done about it. A function from before there was a repair does not say. */
  wayOut: v.optional(wayOut),
});

/** What the rotation function says of a secret and its systems; holds no value. */
export type InspectionAnswer = v.InferOutput<typeof inspectionSchema>;

/**
 * Has the secret's own rotation function ask every system what is true: it reaches them and may read
 * the secret, and who asks need not. Throws a Failure.
 */
export async function inspectSecret(
  secret: { readonly arn: string; readonly functionArn: string },
  signal?: AbortSignal,
): Promise<InspectionAnswer> {
  const event = { Operation: 'inspect', SecretId: secret.arn };
  return readInspection(await invokeFunction(secret.functionArn, event, signal));
}

/** Throws a Failure where a function answered something else. */
export function readInspection(answer: unknown): InspectionAnswer {
  const parsed = v.safeParse(inspectionSchema, answer);
  if (parsed.success) return parsed.output;
  throw new Failure(
    'UNEXPECTED',
    'The function answered something else than how the secret stands. Deploy the version of Keyturn ' +
      'that belongs to this command.',
  );
}
