import * as v from 'valibot';

/**
 * The option for the rounds of SCRAM's hash, which every login costs its client. From PostgreSQL's
 * own default to the most that `pg` takes from a server.
 */
export const iterations = v.optional(
  v.pipe(v.number(), v.integer(), v.minValue(4_096), v.maxValue(100_000)),
  4_096,
);
