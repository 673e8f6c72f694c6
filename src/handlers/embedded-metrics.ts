import type { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { ErrorCode } from '../rotation/errors.ts';
import { metricUnits, namespace, type Measurement } from './metrics.ts';

/** Whose measurements they are, and where Powertools warns of what is odd about them. */
interface Origin {
  /** The secret's name. */
  readonly secret: string;
  /** When the invocation began. Lambda's metrics carry that time, and alarms compare the two. */
  readonly startedAt: Date;
  readonly logger: Logger;
}

/**
 * Measurements of one secret as lines of CloudWatch's Embedded Metric Format: one for what has no
 * code, and one for each code.
 */
export function embeddedMetrics(
  origin: Origin,
  measurements: readonly Measurement[],
): readonly string[] {
  const byCode = Map.groupBy(measurements, ({ code }) => code);
  return [...byCode].map(([code, group]) => line(origin, code, group));
}

/**
 * Serialised by Powertools and not published by it: alarms depend on these lines, so none of its
 * environment variables may switch them off.
 */
function line(
  { secret, startedAt, logger }: Origin,
  code: ErrorCode | undefined,
  measurements: readonly Measurement[],
): string {
  const metrics = new Metrics({ namespace, logger }).setTimestamp(startedAt);
  // Powertools adds a dimension of its own, and every other set of dimensions is another metric.
  metrics.clearDefaultDimensions();
  metrics.setDefaultDimensions({ Secret: secret });
  if (code) metrics.addDimensions({}).addDimensions({ Code: code });
  for (const { name, value } of measurements) metrics.addMetric(name, metricUnits[name], value);
  return JSON.stringify(metrics.serializeMetrics());
}
