import * as v from 'valibot';
import { adminEntries, connectionEntries, onePlace } from '../database/connection-options.ts';
import { duration } from '../duration.ts';

const name = v.optional(v.pipe(v.string(), v.nonEmpty()));

const usualGrace = '24h';

/** The longest that a switch and its proof may take, in ms. */
export const switchBudgetMs = 15_000;

export const options = v.pipe(
  v.strictObject({
    ...connectionEntries,
    ...adminEntries,
    /** The user whose password it is. Either this or `userKey`. */
    user: name,
    /** The key of the secret that holds the user's name. */
    userKey: name,
    /** `one` where two at once are impossible: the published password fails for a moment then. */
    passwords: v.optional(v.picklist(['two', 'one']), 'two'),
    /** How long the superseded password lives on, where there are two. */
    grace: v.optional(duration, usualGrace),
    /** Characters of a new password. MySQL and MariaDB pass on no more than 79 everywhere. */
    length: v.optional(v.pipe(v.number(), v.integer(), v.minValue(32), v.maxValue(79)), 40),
  }),
  onePlace(),
  v.check(
    ({ user, userKey }) => (user === undefined) !== (userKey === undefined),
    'must name either a user or a userKey',
  ),
  v.check(
    ({ passwords, grace }) => passwords === 'two' || grace === v.parse(duration, usualGrace),
    "must not set grace where passwords is 'one': the superseded one ends at once",
  ),
);

export type Options = v.InferOutput<typeof options>;
