import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { startMariadb } from '../../../src/local/servers/start-mariadb.ts';
import { startMysql } from '../../../src/local/servers/start-mysql.ts';
import { whereMissing } from '../../support/servers/where-missing.ts';

const kinds = [
  { name: 'mariadb', start: startMariadb, version: /^10\.|^1[1-9]\..*MariaDB/ },
  { name: 'mysql', start: startMysql, version: /^9\./ },
] as const;

for (const { name, start, version } of kinds) {
  const missing = await whereMissing(name);

  describe.skipIf(missing)(`${name}${missing}`, () => {
    test('answers its administrator, and writes the log that is asked for', async () => {
      const server = await start({ args: ['--general-log'] });
      onTestFinished(() => server.stop());

      const [row] = await server.admin.query('SELECT version() AS version, ? AS said', ['hello']);

      expect(row).toEqual({ version: expect.stringMatching(version), said: 'hello' });
      expect(await readFile(server.generalLogPath, 'utf8')).toContain(`'hello' AS said`);
    });

    test('runs twice side by side, and leaves nothing behind', async () => {
      const servers = await Promise.all([start(), start()]);
      const homes = servers.map(({ logPath }) => path.basename(path.dirname(logPath)));

      await Promise.all([...servers, ...servers].map((server) => server.stop()));

      expect(new Set(servers.map(({ port }) => port)).size).toBe(2);
      expect(await leftBehind(homes)).toEqual([]);
    });

    test('fails with the end of its log, and leaves nothing behind', async () => {
      const before = await homesOf(name);

      await expect(start({ args: ['--no-such-option'] })).rejects.toThrow('no-such-option');

      expect((await homesOf(name)).filter((home) => !before.includes(home))).toEqual([]);
    });
  });
}

test('in CI, tests whose server is missing are run, and fail', async () => {
  vi.stubEnv('CI', 'true');
  onTestFinished(() => void vi.unstubAllEnvs());

  expect(await whereMissing('mariadb')).toBe('');
});

const homesOf = async (name: string) =>
  (await readdir(tmpdir())).filter((entry) => entry.startsWith(`keyturn-${name}-`));

/** Processes that name one of these folders, and the folders. */
async function leftBehind(homes: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'args']);
  const processes = stdout.split('\n').filter((line) => homes.some((home) => line.includes(home)));
  const folders = (await readdir(tmpdir())).filter((entry) => homes.includes(entry));
  return [...processes, ...folders];
}
