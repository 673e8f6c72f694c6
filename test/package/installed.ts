import { execFile, type ExecFileException } from 'node:child_process';
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

/** A project that has nothing but the package, packed and installed as `npm` does it. */
export interface Project extends AsyncDisposable {
  readonly directory: string;
  /** Runs a command there, and answers however it ends. */
  run(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended>;
}

interface Ended {
  readonly exitCode: ExecFileException['code'];
  readonly stdout: string;
  readonly stderr: string;
}

/** Answers `undefined` where npm cannot reach its registry and has not kept what it needs. Throws. */
export async function installPackage(): Promise<Project | undefined> {
  await using created = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-package-'));
  created.defer(() => rm(folder, { recursive: true, force: true }));
  const directory = join(folder, 'project');
  await cp(join(import.meta.dirname, 'project'), directory, { recursive: true });
  await writeFile(join(directory, 'package.json'), '{ "private": true }');

  const isThere = await install(await packInto(folder), directory);
  if (!isThere) return undefined;

  const kept = created.move();
  return {
    directory,
    run: (args, env) => runIn(directory, args, env),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function packInto(folder: string): Promise<string> {
  const { exitCode, stderr } = await runIn(root, ['npm', 'pack', '--pack-destination', folder]);
  if (exitCode !== 0) throw new Error(`npm pack failed:\n${stderr}`);
  const file = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  return join(folder, file ?? 'none.tgz');
}

async function install(tarball: string, directory: string): Promise<boolean> {
  const quietly = ['--ignore-scripts', '--no-audit', '--no-fund'];
  const quickly = ['--prefer-offline', '--fetch-retries=1', '--fetch-retry-mintimeout=1000'];
  const args = ['npm', 'install', ...quietly, ...quickly, tarball];
  const { exitCode, stderr } = await runIn(directory, args);
  if (exitCode === 0) return true;
  if (unreachable.test(stderr)) return false;
  throw new Error(`npm install failed:\n${stderr}`);
}

const unreachable =
  /npm error (code (EAI_AGAIN|ENOTFOUND|ENOTCACHED|ECONN|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT)|network )/;

/** With this process's Node in front of any other, for commands that begin with `env node`. */
function runIn(
  cwd: string,
  [command = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Ended> {
  const PATH = `${dirname(process.execPath)}${delimiter}${env['PATH']}`;
  return new Promise((resolve) =>
    execFile(command, args, { cwd, env: { ...env, PATH } }, (error, stdout, stderr) =>
      resolve({ exitCode: error ? error.code : 0, stdout, stderr }),
    ),
  );
}
