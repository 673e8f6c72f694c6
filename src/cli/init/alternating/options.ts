import * as v from 'valibot';
import { UsageError } from '../../failure.ts';
import { optionOf } from '../../option-of.ts';

/** The most that PostgreSQL keeps of a name, in bytes. */
const longestName = 63;

const role = v.pipe(
  v.string(),
  v.nonEmpty('must name a role'),
  v.maxBytes(longestName, `must be a name of at most ${longestName} bytes`),
);

const text = v.pipe(v.string(), v.nonEmpty('must not be empty'));

const secretName = v.pipe(
  v.string(),
  v.regex(
    /^[\w/+=.@-]{1,512}$/,
    'must be the name of a secret, not its ARN: 1 to 512 letters, digits and /_+=.@-',
  ),
);

const keyName = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z_][\w.-]{0,127}$/, 'must be the name of a key: letters, digits, _ . and -'),
);

const flag = v.optional(v.boolean(), false);

const schema = v.pipe(
  v.object({
    secret: secretName,
    host: text,
    port: v.pipe(
      v.string(),
      v.regex(/^\d{1,5}$/, 'must be a port from 1 to 65535'),
      v.transform(Number),
      v.minValue(1, 'must be a port from 1 to 65535'),
      v.maxValue(65_535, 'must be a port from 1 to 65535'),
    ),
    database: text,
    owner: role,
    users: v.pipe(
      v.string(),
      v.transform((list) => list.split(',').map((name) => name.trim())),
      v.array(role),
      v.length(2, 'takes two names, with a comma between them'),
      v.transform(([first = '', second = '']): readonly [string, string] => [first, second]),
    ),
    admin: role,
    adminSecret: v.optional(text),
    adminUserKey: keyName,
    adminPasswordKey: keyName,
    userKey: keyName,
    passwordKey: keyName,
    tls: v.picklist(['verify', 'off']),
    ca: v.optional(text),
    dryRun: flag,
    json: flag,
    yes: flag,
  }),
  v.forward(
    v.check(
      ({ owner, users, admin }) => new Set([owner, admin, ...users]).size === 4,
      'must name other roles than --owner and --admin do, and two of them',
    ),
    ['users'],
  ),
  v.forward(
    v.check(
      ({ secret, adminSecret }) => secret !== adminSecret,
      'must be another one than --secret',
    ),
    ['adminSecret'],
  ),
  v.forward(
    v.check(({ userKey, passwordKey }) => userKey !== passwordKey, 'must be another key'),
    ['passwordKey'],
  ),
);

/** How `keyturn init postgres-alternating` was called. None of it is secret. */
export type AlternatingOptions = v.InferOutput<typeof schema>;

/** Reads what commander parsed. Throws a UsageError that names the option. */
export function readOptions(given: unknown): AlternatingOptions {
  const parsed = v.safeParse(schema, given);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new UsageError(`${optionOf(issue)} ${issue.message}.`);
}
