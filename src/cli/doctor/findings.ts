import type { Finding } from './finding.ts';
import type { FindingCode } from './finding-codes.ts';

/** Checks that an earlier finding is in the way of. */
export const skipped = (checks: readonly string[], reason: string): readonly Finding[] =>
  checks.map((check) => ({ check, status: 'skipped', message: reason }));

/** One thing may be seen from two sides: told once, the first time, or as a failure where one side has it so. */
export const withoutRepeats = (findings: readonly Finding[]): readonly Finding[] =>
  findings.filter((finding, index) => {
    const { code, key } = finding;
    if (code === undefined || code === 'NOT_VISIBLE') return true;
    const better = saysMore.get(code);
    if (better && findings.some((other) => other.code === better)) return false;
    const same = findings.filter((other) => other.code === code && other.key === key);
    const worst = same.find(({ status }) => status === 'fail') ?? same[0];
    return findings.indexOf(worst ?? finding) === index;
  });

/** What one check takes a thing for, and what it is called by the check that knows better. */
const saysMore: ReadonlyMap<string, FindingCode> = new Map([
  ['WRONG_REGION', 'ARN_WRONG_REGION'],
  ['SECRET_NOT_JSON_OBJECT', 'SECRET_BINARY'],
] as const);

/** How many there are of each kind. */
export function countOf(findings: readonly Finding[]) {
  const count = (status: Finding['status']) =>
    findings.filter((finding) => finding.status === status).length;
  return {
    ok: count('ok'),
    warn: count('warn'),
    fail: count('fail'),
    skipped: count('skipped'),
  };
}
