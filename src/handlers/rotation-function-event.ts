import * as v from 'valibot';
import { doableWays } from '../rotation/way-out.ts';
import { parse, parseRotationEvent, secretId, versionId, type RotationEvent } from './event.ts';

/** What a person has the rotation function do, beside the steps Secrets Manager asks for. */
const operatorEvent = v.variant('Operation', [
  v.object({
    Operation: v.picklist(['inspect', 'rehearse', 'rollback', 'reconcile']),
    SecretId: secretId,
  }),
  v.object({
    Operation: v.literal('compromise'),
    SecretId: secretId,
    Key: v.pipe(v.string(), v.nonEmpty()),
  }),
  v.object({
    Operation: v.literal('repair'),
    SecretId: secretId,
    /** What a person confirmed, as an inspection proposed it. */
    Way: v.picklist(doableWays),
    Keys: v.array(v.string()),
    Version: v.optional(versionId),
  }),
]);

export type OperatorEvent = v.InferOutput<typeof operatorEvent>;

/** Either event of the rotation function, told by its `Operation`. Throws `EVENT_INVALID`. */
export const parseRotationFunctionEvent = (event: unknown): RotationEvent | OperatorEvent =>
  v.is(v.object({ Operation: v.unknown() }), event)
    ? parse(
        operatorEvent,
        event,
        'A person\'s event is { "Operation": "rollback" (or inspect, rehearse, reconcile; compromise ' +
          'with a "Key"; repair with "Way" and "Keys"), "SecretId": "<ARN>" }',
      )
    : parseRotationEvent(event);
