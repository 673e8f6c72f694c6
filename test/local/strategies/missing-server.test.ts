import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');

/** This project where no server was fetched. */
let project: string;

beforeAll(async () => {
  project = await mkdtemp(path.join(tmpdir(), 'keyturn-project-'));
  for (const part of ['src', 'bench', 'template.yaml', 'rotation.config.ts', 'package.json']) {
    await cp(path.join(root, part), path.join(project, part), { recursive: true });
  }
  await symlink(path.join(root, 'node_modules'), path.join(project, 'node_modules'));
});
afterAll(() => rm(project, { recursive: true }));

describe('where a server was not fetched', () => {
  test('npm start says how to, in a sentence', async () => {
    const outcome = await run('src/local/start.ts', '--strategy', 'mysql-password');

    expect(outcome).toEqual({
      code: 1,
      stdout: '',
      stderr: 'MySQL is not in .servers. Fetch it first: npm run servers\n',
    });
  });

  test.for([
    { args: [], code: 1 },
    { args: ['--skip-missing'], code: 0 },
  ])('npm run compare says so in its row, and ends with $code: $args', async ({ args, code }) => {
    const only = ['--only', 'mariadb-password', '--json'];
    const outcome = await run('bench/compare/run.ts', ...only, ...args);

    expect(outcome).toMatchObject({ code, stderr: '' });
    expect(JSON.parse(outcome.stdout)).toMatchObject({
      rows: [{ strategy: 'mariadb-password', missing: expect.stringContaining('npm run servers') }],
    });
  });
});

async function run(script: string, ...args: readonly string[]) {
  try {
    const file = path.join(project, script);
    const printed = await promisify(execFile)(process.execPath, [file, ...args]);
    return { code: 0, ...printed };
  } catch (error) {
    if (!(error instanceof Error && 'stdout' in error && 'stderr' in error)) throw error;
    const code = 'code' in error ? error.code : undefined;
    return { code, stdout: String(error.stdout), stderr: String(error.stderr) };
  }
}
