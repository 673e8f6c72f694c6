import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';

/** Whatever of a server exists: processes that name its home, and the home itself. */
export async function leftBehind(home: string): Promise<string[]> {
  const [, name = ''] = home.split('keyturn-postgres-');
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'args']);
  const processes = stdout.split('\n').filter((line) => name && line.includes(name));
  const folders = (await readdir(tmpdir())).filter((folder) => name && folder.endsWith(name));
  return [...processes, ...folders];
}

/** The homes that exist now. */
export async function homes(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((folder) => folder.startsWith('keyturn-postgres-'));
}
