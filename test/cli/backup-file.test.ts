import { armor } from 'age-encryption';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectSilent } from '../support/expect-told.ts';
import { useBackupRig } from './backup-rig.ts';
import { refusing, sample, samples } from './local-secrets.ts';
import { command, environmentOf } from './run-keyturn.ts';
import { storedSecret } from './stored-secret.ts';

const { backup, folder, identityFile, keyturn, newFile, open, openBytes, recipient, secrets } =
  useBackupRig();

const leftOver = async () => (await readdir(folder())).filter((name) => name.startsWith('.'));

describe('the file', () => {
  let name = '';
  beforeAll(async () => {
    ({ name } = await storedSecret(secrets(), sample));
  });

  test('is its owner\u2019s alone, holds no value in clear, and nothing is left beside it', async () => {
    const output = newFile();

    await backup(name, output);

    expect((await stat(output)).mode & 0o777).toBe(0o600);
    expectSilent((await readFile(output)).toString('latin1'), [...samples, name]);
    expect(await leftOver()).toEqual([]);
  });

  test('that is there already is left alone, and replaced with --force', async () => {
    const output = newFile();
    await writeFile(output, 'mine');

    const refused = await backup(name, output, '--json');
    expect(JSON.parse(refused.stdout)).toMatchObject({ code: 'FILE_EXISTS' });
    expect(await readFile(output, 'utf8')).toBe('mine');
    expect(secrets().calls).toEqual([]);

    const forced = await backup(name, output, '--force');
    expect(forced.exitCode).toBe(0);
    expect((await open(output)).secret.name).toBe(name);
    expect((await stat(output)).mode & 0o777).toBe(0o600);
  });

  test('is its owner\u2019s to read, whatever the mask of the shell', async () => {
    const output = newFile();
    const args = ['backup', name, '-o', output, '-r', recipient()];
    const shell = ['-c', 'umask 777; exec "$0" "$@"', process.execPath, command, ...args];

    const { status, stderr } = await ended(spawn('sh', shell, { env: environmentOf(secrets()) }));

    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect((await stat(output)).mode & 0o777).toBe(0o600);
  });

  test('can be tried as it says', async () => {
    const output = newFile();
    const own = identityFile();

    const { stdout } = await backup(name, output);

    const [, said = ''] = /Try it: keyturn (.+)\n/.exec(stdout) ?? [];
    const args = said.replace(' identity.txt', ` ${own}`).split(' ');
    expect((await keyturn(args)).stdout).toContain(`Backup of ${name}`);
  });

  test('a link in its place is left alone, forced or not', async () => {
    const output = newFile();
    await symlink('/dev/null', output);

    const { exitCode, stderr } = await backup(name, output, '--force');

    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('FILE_EXISTS'),
    });
  });

  test('is not there where the secret cannot be read', async () => {
    const output = newFile();
    secrets().interference.before = (operation) =>
      operation === 'GetSecretValue' ? refusing('AccessDeniedException', 'no') : undefined;

    const { exitCode, stderr } = await backup(name, output);

    expect(exitCode).toBe(1);
    expect(stderr).toContain('secretsmanager:GetSecretValue');
    await expect(stat(output)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await leftOver()).toEqual([]);
  });

  test('cannot be in a folder that is not there', async () => {
    const output = path.join(folder(), 'nowhere', 'a.age');

    const { exitCode, stderr } = await backup(name, output);

    expect(exitCode).toBe(1);
    expect(stderr).toContain('[FILE_UNWRITABLE]');
  });

  test('goes to standard output with -, as it would into a file', async () => {
    const { stdout } = await backup(name, '-', '--armor');

    expect((await openBytes(armor.decode(stdout))).secret.name).toBe(name);
  });
});

async function ended(child: ChildProcess) {
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  await once(child, 'close');
  return { status: child.exitCode, stderr };
}
