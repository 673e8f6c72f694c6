import { expect, test } from 'vitest';
import { blockOf } from '../../src/cli/status/show.ts';

test('what AWS said beside a look obeys nothing on the terminal, and the look has its time', () => {
  const remarks = ['Listing the secrets failed: \u001B[2Jall is\r well.'];
  const now = new Date('2026-06-15T12:00:00Z');

  const block = blockOf({ statuses: [], remarks }, { verbose: false, everyMs: 5_000 }, now);

  expect(block).toContain('Listing the secrets failed: \\u001b[2Jall is\\u000d well.\n');
  expect(block).toContain('2026-06-15 12:00:00 UTC, every 5 s; Ctrl-C ends it.');
  expect(block).not.toMatch(/[^\P{Cc}\n]/u);
});
