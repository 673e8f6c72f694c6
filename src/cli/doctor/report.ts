import { styleText } from 'node:util';
import { printable, printableName } from '../printable.ts';
import type { Finding, Status } from './finding.ts';
import { countOf } from './findings.ts';

type Colour = 'green' | 'yellow' | 'red' | 'dim';

const marks: Readonly<Record<Status, readonly [mark: string, word: string, colour: Colour]>> = {
  ok: ['✓', 'ok', 'green'],
  warn: ['!', 'warning', 'yellow'],
  fail: ['✗', 'problem', 'red'],
  skipped: ['-', 'not checked', 'dim'],
};

/**
 * The findings for a person, check by check, what to do below each, and the sum of it. Control
 * characters in it are those of colours, and ours.
 */
export function report(findings: readonly Finding[]): string {
  const checks = [...new Set(findings.map(({ check }) => check))];
  const groups = checks.map((check) => {
    const own = findings.filter((finding) => finding.check === check);
    return `${check}\n${own.map(lineOf).join('')}`;
  });
  return `${groups.join('')}\n${summaryOf(findings)}\n`;
}

function lineOf({ status, code, message, fix }: Finding): string {
  const [mark, word, colour] = marks[status];
  const coded = code === undefined ? '' : ` [${printableName(code)}]`;
  // A name in it, of a key for one, may have a line of its own.
  const line = `  ${styleText(colour, `${mark} ${word}`)}: ${printableName(message)}${coded}\n`;
  return fix === undefined ? line : `${line}${indented(printable(fix))}\n`;
}

const indented = (text: string) => text.replace(/^/gm, '      ');

function summaryOf(findings: readonly Finding[]): string {
  const { fail, warn, skipped } = countOf(findings);
  const parts = [
    fail > 0 ? `${fail} ${fail === 1 ? 'problem' : 'problems'}` : 'No problem',
    `${warn} ${warn === 1 ? 'warning' : 'warnings'}`,
    `${skipped} not checked`,
  ];
  const codes = fail > 0 ? ' Each code is explained in docs/troubleshooting.md.' : '';
  return `${parts.join(', ')}.${codes}`;
}
