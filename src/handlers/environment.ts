import * as v from 'valibot';
import { RotationError } from '../rotation/errors.ts';
import { duration } from '../rotators/duration.ts';

const text = v.optional(v.string(), '');

const schema = v.object({
  AWS_ENDPOINT_URL: text,
  AWS_REGION: text,
  KEYTURN_DEAD_LETTER_ARN: text,
  KEYTURN_GRANTS: v.pipe(
    text,
    v.transform((grants) => grants.split(/\s+/).filter((grant) => grant !== '')),
  ),
  KEYTURN_MINIMUM_GRACE: v.optional(duration, '2m'),
  KEYTURN_RECONCILE_ARN: text,
  KEYTURN_SCHEDULE_GROUP: text,
  KEYTURN_SCHEDULER_ROLE_ARN: text,
  TWILIO_BASE_URL: text,
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
