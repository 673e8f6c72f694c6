import type { LogLine, Step } from './log-line.ts';

/** What the function's log tells of one rotation. Holds no value; times in ms. */
export interface Progress {
  /** Secrets Manager tries again after a failure that passes. */
  readonly attempts: readonly Attempt[];
  /** How long the published credential did not work; absent where nothing was switched. */
  readonly switchGapMs?: number | undefined;
  /** The last error, which the last attempt need not have met. */
  readonly problem?: Problem | undefined;
}

/** Steps that have begun, in their order. */
export type Attempt = readonly StepProgress[];

export interface StepProgress {
  readonly step: Step;
  readonly status: 'running' | 'done' | 'failed';
  readonly durationMs?: number | undefined;
  readonly verbs: readonly VerbProgress[];
  /** What somebody should know of, such as a grace that ended early. */
  readonly warnings: readonly string[];
  readonly code?: string | undefined;
}

export interface VerbProgress {
  readonly key: string;
  readonly verb: string;
  readonly outcome: string;
  readonly durationMs?: number | undefined;
  readonly code?: string | undefined;
}

export interface Problem {
  readonly code: string;
  readonly key?: string | undefined;
  readonly message: string;
  /** Whether Secrets Manager tries the same rotation again. */
  readonly retryable: boolean;
}

export function progressOf(lines: readonly LogLine[]): Progress {
  const attempts = attemptsIn(lines).map((attempt) => stepsIn(attempt));
  const gap = lines.findLast(({ message }) => /: switch gap of /.test(message))?.durationMs;
  const problem = problemIn(lines);
  return {
    attempts,
    ...(gap !== undefined && { switchGapMs: gap }),
    ...(problem && { problem }),
  };
}

/** What a line on a key's verb says; `undefined` for any other line. */
export function verbIn({ key, verb, outcome, durationMs, code }: LogLine) {
  if (key === undefined || verb === undefined || outcome === undefined) return undefined;
  return { key, verb, outcome, durationMs, code } satisfies VerbProgress;
}

/** The line at a step's beginning or end; `undefined` for any other line. */
export function turnIn({ key, verb, outcome }: LogLine): StepProgress['status'] | undefined {
  if (key !== undefined || verb !== undefined) return undefined;
  if (outcome === 'started') return 'running';
  return outcome === 'done' || outcome === 'failed' ? outcome : undefined;
}

/** The error that a step ended with; it may be on a key. */
export function problemOf({ code, key, message, outcome, retryable }: LogLine) {
  if (code === undefined || outcome !== undefined) return undefined;
  return { code, key, message, retryable: retryable ?? false } satisfies Problem;
}

/** A note names the step that it comes from. */
function warningIn({ level, note, message, step }: LogLine): string | undefined {
  if (note === undefined || level !== 'WARN') return undefined;
  return message.startsWith(`${step}: `) ? message.slice(step.length + 2) : message;
}

function problemIn(lines: readonly LogLine[]): Problem | undefined {
  return lines.flatMap((line) => problemOf(line) ?? []).at(-1);
}

/** Each attempt begins with createSecret again. */
function attemptsIn(lines: readonly LogLine[]): readonly (readonly LogLine[])[] {
  const attempts: LogLine[][] = [];
  for (const line of lines) {
    const begins = line.step === 'createSecret' && turnIn(line) === 'running';
    if (begins || attempts.length === 0) attempts.push([]);
    attempts.at(-1)?.push(line);
  }
  return attempts;
}

function stepsIn(lines: readonly LogLine[]): Attempt {
  const names = [...new Set(lines.map(({ step }) => step))];
  return names.map((step) =>
    stepOf(
      step,
      lines.filter((line) => line.step === step),
    ),
  );
}

function stepOf(step: Step, lines: readonly LogLine[]): StepProgress {
  const last = lines.findLast((line) => turnIn(line) !== undefined);
  return {
    step,
    status: (last && turnIn(last)) ?? 'running',
    ...(last?.durationMs !== undefined && { durationMs: last.durationMs }),
    verbs: lines.flatMap((line) => verbIn(line) ?? []),
    warnings: lines.flatMap((line) => warningIn(line) ?? []),
    ...(last?.code !== undefined && { code: last.code }),
  };
}
