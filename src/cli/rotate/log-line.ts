import * as v from 'valibot';
import { printableName } from '../printable.ts';

const text = v.pipe(v.string(), v.transform(printableName));

const verb = v.picklist(['probe', 'check', 'create', 'install', 'switch', 'revoke']);

/** What a line of the rotation function's log may tell here; what else is in it is left out. */
const logLine = v.object({
  level: v.fallback(v.optional(text), undefined),
  message: text,
  function_request_id: v.fallback(v.optional(text), undefined),
  secret: v.fallback(v.optional(text), undefined),
  version: v.fallback(v.optional(text), undefined),
  step: v.picklist(['createSecret', 'setSecret', 'testSecret', 'finishSecret']),
  key: v.fallback(v.optional(text), undefined),
  keys: v.fallback(v.optional(v.array(text)), undefined),
  verb: v.fallback(v.optional(verb), undefined),
  outcome: v.fallback(v.optional(text), undefined),
  durationMs: v.fallback(v.optional(v.number()), undefined),
  code: v.fallback(v.optional(text), undefined),
  note: v.fallback(v.optional(text), undefined),
  retryable: v.fallback(v.optional(v.boolean()), undefined),
});

export type LogLine = v.InferOutput<typeof logLine>;

export type Step = LogLine['step'];

/** `undefined` for a line that is not about a step of a rotation. */
export function logLineIn(message: string): LogLine | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), logLine), message);
  return parsed.success ? parsed.output : undefined;
}

/**
 * The lines on the rotation of one secret to one version: those of an earlier one may come late. An
 * error names neither, and belongs to its invocation; what an older function writes names no version.
 */
export function linesOn(
  { secret, version }: { readonly secret: string; readonly version: string },
  lines: readonly LogLine[],
): readonly LogLine[] {
  const isOurs = (line: LogLine) => line.secret === secret && (line.version ?? version) === version;
  const invocations = new Set(
    lines.flatMap((line) => (isOurs(line) ? [line.function_request_id] : [])),
  );
  return lines.filter(
    (line) => isOurs(line) || (!line.secret && invocations.has(line.function_request_id)),
  );
}
