import * as v from 'valibot';
import { askFunction, type Asked } from '../ask-function.ts';
import { told } from '../inspection.ts';

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
export const askForRehearsal = (secret: Asked, signal?: AbortSignal): Promise<RehearsalAnswer> =>
  askFunction(secret, { Operation: 'rehearse' }, rehearsal, signal);
