import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const folder = join(import.meta.dirname, 'breaks');
const patches = readdirSync(folder).filter((file) => file.endsWith('.patch'));

/** Whoever has the project as an archive may have no git; a check of the project must. */
const noGit =
  spawnSync('git', ['--version']).error && !process.env['CI']
    ? ' (skipped: there is no git here)'
    : '';

/** What `git apply` says of a patch that it did not make; `''` where it would go through. */
function refusalOf(patch: string): string {
  try {
    execFileSync('git', ['apply', '--check', join(folder, patch)], { cwd: root, stdio: 'pipe' });
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe('the deliberate breaks, which npm run test:breaks tries one by one', () => {
  test('there are some', () => {
    expect(patches.length).toBeGreaterThan(5);
  });

  test.skipIf(noGit).each(patches)(`%s fits the code as it is now${noGit}`, (patch) => {
    const refusal = refusalOf(patch);

    expect(refusal).toBe('');
  });
});
