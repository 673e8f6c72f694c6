import * as v from 'valibot';

const logLine = v.object({
  level: v.string(),
  message: v.string(),
  code: v.optional(v.string(), ''),
});

const metric = v.object({ Name: v.string(), Unit: v.string() });

const metricsLine = v.looseObject({
  _aws: v.object({ CloudWatchMetrics: v.array(v.object({ Metrics: v.array(metric) })) }),
});

/** A line of a function's log for a person: level, message, code. Any other line as it is. */
export function readableLine(line: string): string {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), v.unknown()), line);
  if (v.is(metricsLine, parsed.output)) return readableMetrics(parsed.output);
  const read = v.safeParse(logLine, parsed.output);
  if (!read.success) return line;
  const { level, message, code } = read.output;
  return `${level.padEnd(5)} ${message}${code && ` ${code}`}`;
}

/** What is counted speaks for itself; anything else has its unit. */
function readableMetrics({ _aws, ...values }: v.InferOutput<typeof metricsLine>): string {
  const metrics = _aws.CloudWatchMetrics.flatMap(({ Metrics }) => Metrics);
  const readings = metrics.map(({ Name, Unit }) =>
    [Name, [values[Name]].flat().join(' and '), ...(Unit === 'Count' ? [] : [Unit])].join(' '),
  );
  return `METRIC ${readings.join(', ')}`;
}
