import * as v from 'valibot';
import { RotationError } from '../rotation/errors.ts';

const secretId = v.pipe(v.string(), v.nonEmpty(), v.maxLength(2_048));

/** Version ids are UUIDs where Secrets Manager makes them; clients may choose 32 to 64 characters. */
const versionId = v.pipe(v.string(), v.minLength(32), v.maxLength(64));

const rotationEvent = v.object({
  Step: v.picklist(['createSecret', 'setSecret', 'testSecret', 'finishSecret']),
  SecretId: secretId,
  ClientRequestToken: versionId,
  RotationToken: v.optional(v.pipe(v.string(), v.regex(/^[a-zA-Z0-9-]{36,256}$/))),
});

/** What a person has the rotation function do, beside the steps Secrets Manager asks for. */
const operatorEvent = v.object({
  Operation: v.picklist(['inspect', 'rehearse', 'rollback']),
  SecretId: secretId,
});

const reconcileEvent = v.object({
  secret: secretId,
  current: v.optional(versionId),
  superseded: v.optional(versionId),
  keys: v.optional(v.array(v.string())),
});

export type RotationEvent = v.InferOutput<typeof rotationEvent>;
export type OperatorEvent = v.InferOutput<typeof operatorEvent>;

/** Either event of the rotation function, told by its `Operation`. Throws `EVENT_INVALID`. */
export const parseRotationFunctionEvent = (event: unknown): RotationEvent | OperatorEvent =>
  v.is(v.object({ Operation: v.unknown() }), event)
    ? parse(
        operatorEvent,
        event,
        'A person\'s event is { "Operation": "rollback" (or inspect, rehearse), "SecretId": "<ARN>" }',
      )
    : parseRotationEvent(event);

/** The event Secrets Manager invokes a rotation function with. Throws `EVENT_INVALID`. */
export const parseRotationEvent = (event: unknown): RotationEvent =>
  parse(rotationEvent, event, 'Secrets Manager sends Step, SecretId and ClientRequestToken');

/** The event that a booking, the daily run or a person sends. Throws `EVENT_INVALID`. */
export const parseReconcileEvent = (event: unknown): v.InferOutput<typeof reconcileEvent> =>
  parse(reconcileEvent, event, 'It needs { "secret": "<ARN>" }');

/** Says which fields are wrong, never what they hold: a RotationToken is a credential too. */
function parse<S extends v.GenericSchema>(schema: S, event: unknown, needed: string) {
  const parsed = v.safeParse(schema, event);
  if (parsed.success) return parsed.output;
  const fields = parsed.issues.map((issue) => v.getDotPath(issue) ?? 'the event itself');
  throw new RotationError(
    'EVENT_INVALID',
    `The event cannot be used; look at: ${[...new Set(fields)].join(', ')}. ${needed}.`,
  );
}
