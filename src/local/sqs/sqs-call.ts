import * as v from 'valibot';
import { localAccount } from '../aws-service.ts';
import type { Queue } from './queue.ts';
import type { Queues } from './queues.ts';
import { invalidParameter } from './sqs-error.ts';

/** One request to SQS. */
export interface SqsCall {
  readonly queues: Queues;
  /** Where this endpoint is: `http://host:port`. The URLs of queues begin with it. */
  readonly origin: string;
  readonly body: unknown;
}

/** Answers what goes over the wire as JSON. Throws SqsError. */
export type SqsOperation = (call: SqsCall) => object;

/** Throws InvalidParameterValue, which names the member. */
export function parse<S extends v.GenericSchema>(schema: S, body: unknown): v.InferOutput<S> {
  const parsed = v.safeParse(schema, body, { abortEarly: true });
  if (parsed.success) return parsed.output;
  throw invalidParameter(v.getDotPath(parsed.issues[0]) ?? 'of the request');
}

export const urlOf = ({ name }: Pick<Queue, 'name'>, origin: string) =>
  `${origin}/${localAccount}/${name}`;

export const filled = v.pipe(v.string(), v.nonEmpty());
export const names = v.optional(v.array(v.string()), []);
export const between = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));

/** Those of the attributes that are asked for, by name or all at once. */
export const asked = <T>(attributes: Readonly<Record<string, T>>, wanted: readonly string[]) =>
  Object.fromEntries(
    Object.entries(attributes).filter(([name]) => wanted.includes('All') || wanted.includes(name)),
  );
