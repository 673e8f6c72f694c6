import * as v from 'valibot';
import { adminEntries, connectionEntries, onePlace } from '../database/connection-options.ts';
import { duration } from '../duration.ts';
import type { Users } from './users.ts';

/** The most that PostgreSQL keeps of a name; it cuts off the rest without an error. In bytes. */
const longestName = 63;

const roleName = v.pipe(
  v.string(),
  v.nonEmpty(),
  v.maxBytes(longestName, `must be the name of a role, of ${longestName} bytes at most`),
  v.check((name) => !name.includes('\0'), 'must be the name of a role'),
);

export const options = v.pipe(
  v.strictObject({
    ...connectionEntries,
    ...adminEntries,
    /** The two roles that take turns. */
    users: v.pipe(
      v.array(roleName),
      v.length(2, 'must be the names of two roles'),
      v.transform(([first = '', second = '']): Users => [first, second]),
    ),
    /** The key that holds the name of the role in use. A rotation changes it. */
    userKey: v.optional(v.pipe(v.string(), v.nonEmpty()), 'DB_USER'),
    /** Rounds of SCRAM's hash, which every login costs its client. More than `pg` takes are refused. */
    iterations: v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(4_096), v.maxValue(100_000)),
      4_096,
    ),
    /** Characters of a new password, six bits of randomness each. */
    length: v.optional(v.pipe(v.number(), v.integer(), v.minValue(32), v.maxValue(128)), 40),
    /** How long the role of the superseded credential can still log in. */
    grace: v.optional(duration, '24h'),
  }),
  onePlace(),
  v.check(
    ({ adminSecret }) => adminSecret !== undefined,
    'must name adminSecret: neither role may change the other, so an administrator changes both',
  ),
  v.check(({ users: [first, second] }) => first !== second, 'must name two different users'),
);

export type Options = v.InferOutput<typeof options>;
