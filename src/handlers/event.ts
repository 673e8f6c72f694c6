import * as v from 'valibot';
import { RotationError } from '../rotation/errors.ts';

export const secretId = v.pipe(v.string(), v.nonEmpty(), v.maxLength(2_048));

/** Version ids are UUIDs where Secrets Manager makes them; clients may choose 32 to 64 characters. */
export const versionId = v.pipe(v.string(), v.minLength(32), v.maxLength(64));

const rotationEvent = v.object({
  Step: v.picklist(['createSecret', 'setSecret', 'testSecret', 'finishSecret']),
  SecretId: secretId,
  ClientRequestToken: versionId,
  RotationToken: v.optional(v.pipe(v.string(), v.regex(/^[a-zA-Z0-9-]{36,256}$/))),
});

const reconcileEvent = v.object({
  secret: secretId,
  current: v.optional(versionId),
  superseded: v.optional(versionId),
  keys: v.optional(v.array(v.string())),
});

export type RotationEvent = v.InferOutput<typeof rotationEvent>;

/** The event Secrets Manager invokes a rotation function with. Throws `EVENT_INVALID`. */
export const parseRotationEvent = (event: unknown): RotationEvent =>
  parse(rotationEvent, event, 'Secrets Manager sends Step, SecretId and ClientRequestToken');

/** The event that a booking, the daily run or a person sends. Throws `EVENT_INVALID`. */
export const parseReconcileEvent = (event: unknown): v.InferOutput<typeof reconcileEvent> =>
  parse(reconcileEvent, event, 'It needs { "secret": "<ARN>" }');

/** Says which fields are wrong, never what they hold: a RotationToken is a credential too. */
export function parse<S extends v.GenericSchema>(schema: S, event: unknown, needed: string) {
  const parsed = v.safeParse(schema, event);
  if (parsed.success) return parsed.output;
  const fields = parsed.issues.map((issue) => v.getDotPath(issue) ?? 'the event itself');
  throw new RotationError(
    'EVENT_INVALID',
    `The event cannot be used; look at: ${[...new Set(fields)].join(', ')}. ${needed}.`,
  );
}
