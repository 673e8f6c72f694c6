import * as v from 'valibot';
import { adminEntries, connectionEntries, onePlace } from '../database/connection-options.ts';
import { iterations } from '../postgres/iterations.ts';
import { passwordLength } from '../random-password.ts';

const name = v.optional(v.pipe(v.string(), v.nonEmpty()));

export const options = v.pipe(
  v.strictObject({
    ...connectionEntries,
    ...adminEntries,
    /** The role's name. Either this or `userKey`. */
    user: name,
    /** The key of the secret that holds the role's name. */
    userKey: name,
    /** Rounds of SCRAM's hash in what the server stores. */
    iterations,
    /** Characters of a new password, almost six bits each. */
    length: v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(32), v.maxValue(128)),
      passwordLength,
    ),
  }),
  onePlace(),
  v.check(
    ({ user, userKey }) => (user === undefined) !== (userKey === undefined),
    'must name the role in one way: user or userKey',
  ),
);

export type Options = v.InferOutput<typeof options>;

/** The longest that a switch and its proof may take, in ms. */
export const switchBudgetMs = 15_000;
