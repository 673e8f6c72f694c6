import * as v from 'valibot';

const logLine = v.object({
  level: v.string(),
  message: v.string(),
  code: v.optional(v.string(), ''),
});

/** A line of a function's log for a person: level, message, code. Any other line as it is. */
export function readableLine(line: string): string {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), logLine), line);
  if (!parsed.success) return line;
  const { level, message, code } = parsed.output;
  return `${level.padEnd(5)} ${message}${code && ` ${code}`}`;
}
