import { isDenied, reasonOf } from './checks/reason.ts';
import type { FindingCode } from './finding-codes.ts';

export type Status = 'ok' | 'warn' | 'fail' | 'skipped';

/** What one check found. Names and times, and never a value. */
export interface Finding {
  /** What was looked at, such as `region`. */
  readonly check: string;
  readonly status: Status;
  /** A code of docs/troubleshooting.md, or one of the rotation function's own (docs/operating.md). */
  readonly code?: string;
  /** The key of the secret that it is about. */
  readonly key?: string;
  readonly message: string;
  /** What to do about it. */
  readonly fix?: string;
}

/** What a check found, and what those after it can go on from; absent where they cannot. */
export interface Examined<Found> {
  readonly findings: readonly Finding[];
  readonly found?: Found | undefined;
}

interface Problem {
  readonly message: string;
  readonly fix: string;
  readonly key?: string | undefined;
}

/** The ways in which one check can come out. */
export const findingsOf = (check: string) => ({
  ok: (message: string): Finding => ({ check, status: 'ok', message }),
  skipped: (reason: string): Finding => ({ check, status: 'skipped', message: reason }),
  warn: (code: FindingCode, problem: Problem): Finding => problemAs('warn', check, code, problem),
  fail: (code: FindingCode, problem: Problem): Finding => problemAs('fail', check, code, problem),
  /** With a code that the rotation function gave. */
  told: (status: 'fail' | 'warn', code: string, problem: Problem): Finding =>
    problemAs(status, check, code, problem),
});

/** Of a check that asked AWS and got no say: it is not known whether anything is wrong. */
export const notVisible = (check: string, what: string, error: unknown): Finding =>
  findingsOf(check).warn('NOT_VISIBLE', {
    message: `${what} could not be looked at: ${reasonOf(error)}.`,
    fix: isDenied(error)
      ? 'Run the command as somebody who may look, where this is to be known too.'
      : noAnswer,
  });

/** Of what is no denial. */
export const noAnswer =
  'Run the command again; if that goes on, look at what stands between here and AWS.';

function problemAs(
  status: 'fail' | 'warn',
  check: string,
  code: string,
  { message, fix, key }: Problem,
): Finding {
  return { check, status, code, ...(key !== undefined && { key }), message, fix };
}
