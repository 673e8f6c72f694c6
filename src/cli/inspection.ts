import * as v from 'valibot';
import { askFunction, type Asked } from './ask-function.ts';

/** Something in the way, as the function says it. */
export const told = v.object({
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
      reads: v.optional(v.array(v.string())),
      switches: v.optional(v.boolean()),
      administered: v.optional(v.boolean()),
      madeByProvider: v.optional(v.boolean()),
      credentials: v.array(
        v.object({
          versionId: v.string(),
          verdict: v.picklist(['accepted', 'rejected', 'unknown', 'failed']),
          asCurrent: v.optional(v.boolean()),
          problem: v.optional(told),
        }),
      ),
      obstacle: v.optional(told),
      supersededUntil: v.optional(time),
    }),
  ),
  derived: v.optional(v.array(v.object({ key: v.string(), asBuilt: v.boolean() }))),
  /** What can be done about it. A function from before there was a repair does not say. */
  wayOut: v.optional(wayOut),
});

/** What the rotation function says of a secret and its systems; holds no value. */
export type InspectionAnswer = v.InferOutput<typeof inspectionSchema>;

/** Has every system asked what is true. Throws a Failure. */
export const inspectSecret = (secret: Asked, signal?: AbortSignal): Promise<InspectionAnswer> =>
  askFunction(secret, { Operation: 'inspect' }, inspectionSchema, signal);
