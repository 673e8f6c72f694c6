import * as v from 'valibot';
import { evaluateMath, type Series } from './metric-math.ts';
import type { Metric, RecordedMetrics } from './recorded-metrics.ts';

const metric = {
  Namespace: v.string(),
  MetricName: v.string(),
  Dimensions: v.array(v.strictObject({ Name: v.string(), Value: v.string() })),
};
const statistic = v.picklist(['Sum', 'Minimum', 'Maximum']);

const every = {
  AlarmName: v.pipe(v.string(), v.minLength(1), v.maxLength(255)),
  AlarmDescription: v.pipe(v.string(), v.minLength(1), v.maxLength(1_024)),
  AlarmActions: v.pipe(v.array(v.string()), v.minLength(1)),
  OKActions: v.optional(v.array(v.string())),
  ComparisonOperator: v.picklist(['GreaterThanThreshold', 'LessThanThreshold']),
  Threshold: v.number(),
  EvaluationPeriods: v.number(),
  DatapointsToAlarm: v.number(),
  TreatMissingData: v.picklist(['breaching', 'notBreaching']),
};

const measured = v.strictObject({
  Id: v.string(),
  ReturnData: v.literal(false),
  MetricStat: v.strictObject({
    Metric: v.strictObject(metric),
    Period: v.number(),
    Stat: statistic,
  }),
});
const computed = v.strictObject({ Id: v.string(), Expression: v.string() });

const alarmProperties = v.union([
  v.strictObject({ ...every, ...metric, Period: v.number(), Statistic: statistic }),
  v.strictObject({ ...every, Metrics: v.array(v.union([measured, computed])) }),
]);

interface Query {
  readonly id: string;
  readonly metric: Metric;
  readonly period: number;
  readonly statistic: v.InferOutput<typeof statistic>;
}

/** A CloudWatch alarm: what it asks for, and how it judges the answer. */
export interface Alarm extends v.InferOutput<v.StrictObjectSchema<typeof every, undefined>> {
  readonly queries: readonly Query[];
  /** Of metric math; without one it judges its only query. */
  readonly expression: string | undefined;
  /** Of every query, in ms. */
  readonly periodMs: number;
}

/** Reads what a template says of an alarm. Throws where it says anything that is not understood. */
export function alarmOf(properties: unknown): Alarm {
  const parsed = v.parse(alarmProperties, properties);
  const queries = 'Metrics' in parsed ? parsed.Metrics.flatMap(queriesOf) : [ownQuery(parsed)];
  const expressions =
    'Metrics' in parsed ? parsed.Metrics.flatMap((one) => ('Expression' in one ? [one] : [])) : [];
  const [period = 0, ...others] = new Set(queries.map((query) => query.period));
  if (others.length > 0 || expressions.length > 1) throw new Error('One period, one expression');
  return { ...parsed, queries, expression: expressions[0]?.Expression, periodMs: period * 1_000 };
}

const queriesOf = (one: v.InferOutput<typeof measured> | v.InferOutput<typeof computed>) =>
  'MetricStat' in one
    ? [
        {
          id: one.Id,
          metric: metricOf(one.MetricStat.Metric),
          period: one.MetricStat.Period,
          statistic: one.MetricStat.Stat,
        },
      ]
    : [];

const ownQuery = (properties: v.InferOutput<(typeof alarmProperties.options)[0]>): Query => ({
  id: 'own',
  metric: metricOf(properties),
  period: properties.Period,
  statistic: properties.Statistic,
});

const metricOf = ({
  Namespace: namespace,
  MetricName: name,
  Dimensions,
}: v.InferOutput<v.StrictObjectSchema<typeof metric, undefined>>): Metric => ({
  namespace,
  name,
  dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])),
});

/** What AWS leaves open, or to a choice: an alarm must be right whatever it is. */
export interface Evaluation {
  /** Where periods begin: counted back from now; or by the clock, with the running one or without. */
  readonly periods: 'sliding' | 'by-the-clock' | 'by-the-clock, whole';
  /** How many periods are retrieved beyond those that are evaluated. */
  readonly beyond: number;
  /** See `evaluateMath`. */
  readonly fillsEmpty: boolean;
}

/** The state of an alarm at a time. */
export function stateAt(
  alarm: Alarm,
  { metrics, now, evaluation }: { metrics: RecordedMetrics; now: number; evaluation: Evaluation },
): 'OK' | 'ALARM' {
  const { queries, periodMs, expression } = alarm;
  const end = endOfPeriods(now, periodMs, evaluation);
  const count = alarm.EvaluationPeriods + evaluation.beyond;
  const starts = Array.from({ length: count }, (_, index) => end - (count - index) * periodMs);
  const series = Object.fromEntries(
    queries.map((query) => [
      query.id,
      starts.map((from) =>
        aggregate(query, metrics.valuesOf(query.metric, { from, to: from + periodMs, now })),
      ),
    ]),
  );
  const only = series['own'] ?? [];
  return judge(alarm, expression ? evaluateMath(expression, { series, ...evaluation }) : only);
}

function endOfPeriods(now: number, periodMs: number, { periods }: Evaluation): number {
  const [unit, running] = periods === 'sliding' ? [60_000, 0] : [periodMs, periodMs];
  const lastWhole = Math.floor(now / unit) * unit;
  return periods === 'by-the-clock' ? lastWhole + running : lastWhole;
}

function aggregate({ statistic: which }: Query, values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  if (which === 'Sum') return values.reduce((total, value) => total + value, 0);
  return which === 'Minimum' ? Math.min(...values) : Math.max(...values);
}

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
/**
 * Judges the values of the periods that were retrieved: the latest that are there, as many as are
 * evaluated; where there are fewer, missing ones are made up for as few of them as need be.
 */
export function judge(
  alarm: Pick<
    Alarm,
    | 'ComparisonOperator'
    | 'Threshold'
    | 'EvaluationPeriods'
    | 'DatapointsToAlarm'
    | 'TreatMissingData'
  >,
  retrieved: Series,
): 'OK' | 'ALARM' {
  const { Threshold: threshold, EvaluationPeriods: evaluated } = alarm;
  const there = retrieved.filter((value) => value !== undefined).slice(-evaluated);
  const breaching = there.filter((value) =>
    alarm.ComparisonOperator === 'GreaterThanThreshold' ? value > threshold : value < threshold,
  ).length;
  const missing = alarm.TreatMissingData === 'breaching' ? evaluated - there.length : 0;
  return breaching + missing >= alarm.DatapointsToAlarm ? 'ALARM' : 'OK';
}
