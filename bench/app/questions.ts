import * as v from 'valibot';

const rate = v.object({
  ask: v.literal('rate'),
  way: v.picklist(['now', 'awaited']),
  /** How long the counted reads take at least. */
  batchMs: v.number(),
});
const burst = v.object({ ask: v.literal('burst'), count: v.number() });
const steady = v.object({ ask: v.literal('steady'), count: v.number(), everyMs: v.number() });
const seen = v.object({
  ask: v.literal('seen'),
  value: v.string(),
  everyMs: v.number(),
  withinMs: v.number(),
});

/**
 * What a process of a subject is asked, one at a time: how many reads a second, so many at once, so
 * many at an even pace, how long until a value is read, and which value is under AWSPREVIOUS.
 */
export const question = v.variant('ask', [
  rate,
  burst,
  steady,
  seen,
  v.object({ ask: v.literal('previous') }),
]);

export type Question = v.InferOutput<typeof question>;
export type RateQuestion = v.InferOutput<typeof rate>;
export type SteadyQuestion = v.InferOutput<typeof steady>;
export type SeenQuestion = v.InferOutput<typeof seen>;

export const rateAnswer = v.object({ perSecond: v.number() });

export const burstAnswer = v.object({ served: v.number(), failed: v.number() });

export const steadyAnswer = v.object({
  ...burstAnswer.entries,
  /** How long the slowest read took, served or failed. */
  slowestMs: v.number(),
  /** Rejections that nobody handled since the process started. */
  unhandled: v.number(),
});

/** `null` where it was not read within the time. */
export const seenAnswer = v.object({ afterMs: v.nullable(v.number()) });

export const previousAnswer = v.object({
  /** Absent where there is no way to ask. */
  value: v.optional(v.string()),
});

export type Burst = v.InferOutput<typeof burstAnswer>;
export type Previous = v.InferOutput<typeof previousAnswer>;
