import * as v from 'valibot';
import { RotationError } from '../rotation/errors.ts';
import { duration } from '../rotators/duration.ts';

const text = v.optional(v.string(), '');

const url = v.optional(
  v.union([
    v.literal(''),
    v.pipe(v.string(), v.url(), v.regex(/^https?:/, 'must begin with http')),
  ]),
  '',
);

const schema = v.object({
  AWS_ENDPOINT_URL: url,
  AWS_REGION: text,
  // Read by rotation.config.ts; a misspelt one must not count as its default.
  KEYTURN_DB_PASSWORDS: v.optional(v.picklist(['two', 'one'])),
  KEYTURN_DB_ROTATOR: v.optional(
    v.picklist([
      'rds-master-password',
      'postgres-password',
      'postgres-alternating',
      'mysql-password',
    ]),
  ),
  KEYTURN_DB_TLS: v.optional(v.picklist(['verify', 'off'])),
  KEYTURN_DB_VERIFY: v.optional(v.picklist(['login', 'describe'])),
  KEYTURN_DEAD_LETTER_ARN: text,
  KEYTURN_DEAD_LETTER_URL: url,
  KEYTURN_GRANTS: v.pipe(
    text,
    v.transform((grants) => grants.split(/\s+/).filter((grant) => grant !== '')),
  ),
  KEYTURN_MINIMUM_GRACE: v.optional(duration, '2m'),
  KEYTURN_RECONCILE_ARN: text,
  KEYTURN_ROTATE_TWILIO: v.optional(v.picklist(['true', 'false'])),
  KEYTURN_ROTATE_TWILIO_API_KEY: v.optional(v.picklist(['true', 'false'])),
  KEYTURN_SCHEDULE: text,
  KEYTURN_SCHEDULE_DURATION: v.optional(duration, '24h'),
  KEYTURN_SCHEDULE_GROUP: text,
  KEYTURN_SCHEDULER_ROLE_ARN: text,
  TWILIO_BASE_URL: url,
});

/** The variables that the handlers themselves read. The template declares each of them. */
export type Environment = v.InferOutput<typeof schema>;

/** All variables that are set; the template declares unset ones as empty. */
export type Variables = Readonly<Record<string, string | undefined>>;

export function setVariables(variables: Variables): Variables {
  return Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
}

/** Throws `CONFIG_INVALID`, naming the variable. */
export function readEnvironment(variables: Variables): Environment {
  const parsed = v.safeParse(schema, setVariables(variables));
  if (parsed.success) return parsed.output;
  throw new RotationError(
    'CONFIG_INVALID',
    `The environment of the function cannot be used:\n${v.summarize(parsed.issues)}`,
  );
}
