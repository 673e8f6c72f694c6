import { expect } from 'vitest';
import * as v from 'valibot';

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
const name = (most: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(most));
const units = ['Count', 'Milliseconds', 'Seconds'] as const;

const metricDefinition = v.strictObject({
  Name: name(1024),
  Unit: v.picklist(units),
  StorageResolution: v.optional(v.picklist([1, 60])),
});

const directive = v.strictObject({
  Namespace: name(1024),
  Dimensions: v.pipe(v.array(v.pipe(v.array(name(250)), v.maxLength(30))), v.minLength(1)),
  Metrics: v.pipe(v.array(metricDefinition), v.minLength(1), v.maxLength(100)),
});

const embedded = v.looseObject({
  _aws: v.strictObject({
    Timestamp: v.pipe(v.number(), v.integer()),
    CloudWatchMetrics: v.tuple([directive]),
  }),
});

const dimensionValue = name(1024);
const metricValue = v.union([
  v.pipe(v.number(), v.finite()),
  v.pipe(v.array(v.pipe(v.number(), v.finite())), v.maxLength(100)),
]);

/** One line of metrics: what was measured, under which sets of dimensions. */
export interface Emitted {
  readonly dimensions: readonly Readonly<Record<string, string>>[];
  readonly metrics: Readonly<Record<string, number | readonly number[]>>;
}

/** Reads a line as CloudWatch does; throws where it is not what the specification says. */
export function emittedIn(line: string): Emitted {
  const { _aws, ...members } = v.parse(v.pipe(v.string(), v.parseJson(), embedded), line);
  const [{ Namespace, Dimensions, Metrics }] = _aws.CloudWatchMetrics;
  const names = Metrics.map(({ Name }) => Name);

  expect(Namespace).toBe('Keyturn');
  expect(new Set(Object.keys(members))).toEqual(new Set([...Dimensions.flat(), ...names]));
  return {
    dimensions: Dimensions.map((set) => pick(members, set, dimensionValue)),
    metrics: pick(members, names, metricValue),
  };
}

const pick = <S extends v.GenericSchema>(
  members: Readonly<Record<string, unknown>>,
  names: readonly string[],
  schema: S,
): Record<string, v.InferOutput<S>> =>
  Object.fromEntries(names.map((member) => [member, v.parse(schema, members[member])]));
