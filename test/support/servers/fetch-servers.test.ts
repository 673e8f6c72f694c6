import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { whereMissing } from './where-missing.ts';

const root = path.resolve(import.meta.dirname, '../../..');

test('does nothing where the servers are there', async ({ skip }) => {
  skip((await whereMissing('mariadb')) !== '', 'npm run servers');

  const outcome = await fetchServers(root, ['--only', 'mariadb']);

  expect(outcome).toMatchObject({ code: 0, stderr: '' });
  expect(outcome.stdout).toMatch(/^MariaDB [\d.]+ is in \.servers\/mariadb already\.\n$/);
});

test('says which server is not available, without apt-get, and leaves nothing half done', async () => {
  const project = await mkdtemp(path.join(tmpdir(), 'keyturn-project-'));
  onTestFinished(() => rm(project, { recursive: true }));
  for (const part of ['scripts', 'src/local/servers', 'package.json']) {
    await cp(path.join(root, part), path.join(project, part), { recursive: true });
  }
  await symlink(path.join(root, 'node_modules'), path.join(project, 'node_modules'));

  const outcome = await fetchServers(project, []);

  expect(outcome.code).toBe(1);
  expect(outcome.stderr).toMatch(
    /^MariaDB is NOT available: .+\nMySQL is NOT available: .+\nage is NOT available: .+\n$/,
  );
  expect(await readdir(path.join(project, '.servers')).catch(() => [])).toEqual([]);
});

test.for([['--only', 'postgres'], ['--only'], ['mariadb'], ['--all']])(
  'says how it is used: %s',
  async (args) => {
    const { code, stderr } = await fetchServers(root, args);

    expect(code).toBe(2);
    expect(stderr).toContain('Usage: npm run servers');
  },
);

/** Without any program to call. */
async function fetchServers(project: string, args: readonly string[]) {
  const script = path.join(project, 'scripts/fetch-servers.ts');
  const env = { ...process.env, PATH: project };
  try {
    const run = await promisify(execFile)(process.execPath, [script, ...args], { env });
    return { code: 0, ...run };
  } catch (error) {
    if (!(error instanceof Error && 'stdout' in error && 'stderr' in error)) throw error;
    const code = 'code' in error ? error.code : undefined;
    return { code, stdout: String(error.stdout), stderr: String(error.stderr) };
  }
}
