import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { SecretStatus } from '../../src/cli/status/secret-status.ts';
import { shortIds } from '../../src/cli/status/short-ids.ts';
import { textOf } from '../../src/cli/status/show.ts';
import { relative } from '../../src/cli/status/times.ts';
import { watching } from '../../src/cli/status/watching.ts';

const now = new Date('2026-06-15T12:00:00Z');
const hostile = 'x\u001B]0;title\u0007\n\u202Ey';

const status: SecretStatus = {
  secret: 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:shop-AbCdEf',
  name: `shop/${'n'.repeat(90)}`,
  region: 'eu-west-1',
  functionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:keyturn-rotate',
  state: 'attention',
  findings: [{ finding: 'current-rejected', level: 'attention', key: hostile, message: hostile }],
  versions: [
    { versionId: 'a'.repeat(64), labels: ['AWSCURRENT', hostile] },
    {
      versionId: `${'a'.repeat(63)}b`,
      labels: ['KEYTURN_UNDOING_20260615T120000Z_ab12', 'KEYTURN_RETIRING'],
      problem: { code: 'SECRET_NOT_JSON_OBJECT', message: hostile },
    },
  ],
  keys: [
    {
      key: `KEY_${'K'.repeat(60)}`,
      rotator: 'postgres-alternating',
      changes: [],
      optional: [],
      credentials: [
        { versionId: 'a'.repeat(64), verdict: 'failed', problem: { code: 'X', message: hostile } },
        { versionId: 'a'.repeat(64), verdict: 'unknown' },
      ],
      supersededUntil: '2026-06-16T12:00:00.000Z',
    },
  ],
};

const widthOf = (line: string) => stripVTControlCharacters(line).length;

describe('what is shown', () => {
  test.each([
    ['of one', [status]],
    ['of several', [status, status]],
  ])('%s obeys no control character of what it shows', (_what, statuses) => {
    const text = stripVTControlCharacters(textOf({ statuses, verbose: false }, now));

    expect(text).not.toMatch(/[^\P{Cc}\n]|\u202E/u);
    expect(text).toContain(String.raw`x\u001b]0;title\u0007\n\u202ey`);
  });

  test('has tables of 80 columns at most, with long keys and names', () => {
    const plain = { ...status, versions: status.versions.map(shortened) };
    const texts = [[plain], [plain, plain]].map((statuses) =>
      textOf({ statuses, verbose: false }, now),
    );
    const rows = texts.flatMap((text) => text.split('\n').filter((line) => /^[┌├│└]/.test(line)));

    expect(Math.max(...rows.map(widthOf))).toBeLessThanOrEqual(80);
  });

  test('is nothing where there is no secret', () => {
    expect(textOf({ statuses: [], verbose: false }, now)).toBe('');
  });
});

test.each([
  [['0123456789', '9876543210'], '01234567'],
  [['0123456789', '0123456780'], '0123456789'],
  [['short'], 'short'],
  [['0123456789', '0123456789'], '01234567'],
])('of %s the first is shown as %s', (ids, shown) => {
  expect(shortIds(ids)(ids[0] ?? '')).toBe(shown);
});

test.each([
  [-59, '59 seconds ago'],
  [-119, '119 seconds ago'],
  [-120, '2 minutes ago'],
  [3 * 86_400, 'in 3 days'],
  [47 * 3_600, 'in 47 hours'],
])('%i seconds from now is %s', (seconds, words) => {
  const time = new Date(now.getTime() + seconds * 1_000);

  expect(
    relative(time, now)
      .replace('in 0', '0')
      .replace(/^0 seconds$/, '0 seconds ago'),
  ).toBe(words);
});

test.each([
  [undefined, { everyMs: undefined, others: [] }],
  [true as const, { everyMs: 2_000, others: [] }],
  ['5', { everyMs: 5_000, others: [] }],
  ['shop/production', { everyMs: 2_000, others: ['shop/production'] }],
])('--watch %s', (given, expected) => {
  expect(watching(given)).toEqual(expected);
});

/** Ids of that length tell themselves apart at their very end alone. */
function shortened<T extends { readonly versionId: string; readonly labels: readonly string[] }>(
  version: T,
) {
  const labels = version.labels.filter((label) => label !== hostile);
  return { ...version, versionId: version.versionId.slice(-10), labels };
}
