import { execFile as execFileWithCallback } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { DebianArchive } from './debian-archive.ts';

const execFile = promisify(execFileWithCallback);

export interface PackageRequest {
  readonly archive: DebianArchive;
  readonly name: string;
  /** A codename, or `sid`. */
  readonly release: string;
  /** An empty folder for all that apt keeps. */
  readonly folder: string;
}

/**
 * Downloads a package and everything it stands on, down to the C library, and answers the files. apt
 * sees one source and a system without packages, all in the folder: this machine's own state is
 * neither asked nor changed, and no right to change it is needed. Throws what apt said.
 */
export async function downloadPackages(request: PackageRequest): Promise<readonly string[]> {
  const { archive, name, release, folder } = request;
  const archives = path.join(folder, 'archives');
  await mkdir(path.join(folder, 'lists/partial'), { recursive: true });
  await mkdir(path.join(archives, 'partial'), { recursive: true });
  await writeFile(path.join(folder, 'status'), '');
  const source = `deb [signed-by=${archive.keyring}] ${archive.mirror} ${release} main\n`;
  await writeFile(path.join(folder, 'sources.list'), source);

  const options = optionsIn(folder).flatMap((option) => ['-o', option]);
  await apt([...options, 'update']);
  await apt([...options, '--yes', '--download-only', 'install', name]);
  const files = await readdir(archives);
  return files.filter((file) => file.endsWith('.deb')).map((file) => path.join(archives, file));
}

/** Without running any of their scripts. */
export async function unpack(packages: readonly string[], folder: string): Promise<void> {
  for (const file of packages) await execFile('dpkg-deb', ['--extract', file, folder]);
}

/** As its makers number it: `10.11.19` of `mariadb-server-core_1%3a10.11.19-0+deb12u1_amd64.deb`. */
export function versionIn(packages: readonly string[], name: string): string {
  const file = packages.find((each) => path.basename(each).startsWith(`${name}_`)) ?? '';
  const [, version = 'unknown'] = /_(?:\d+%3a)?([\d.]+)[^/]*$/.exec(file) ?? [];
  return version;
}

const optionsIn = (folder: string): readonly string[] => [
  `Dir::Etc::sourcelist=${folder}/sources.list`,
  'Dir::Etc::sourceparts=-',
  'Dir::Etc::preferencesparts=-',
  `Dir::State=${folder}`,
  `Dir::State::lists=${folder}/lists`,
  `Dir::State::status=${folder}/status`,
  `Dir::Cache=${folder}`,
  `Dir::Cache::archives=${folder}/archives`,
  // As root, apt would go to the network as a user who may not write here.
  'APT::Sandbox::User=root',
  'APT::Install-Recommends=false',
  'APT::Update::Error-Mode=any',
  'Acquire::Languages=none',
  'Acquire::Retries=3',
];

async function apt(args: readonly string[]): Promise<void> {
  try {
    await execFile('apt-get', ['-qq', ...args], { maxBuffer: 2 ** 26 });
  } catch (error) {
    throw new Error(reasonOf(error), { cause: error });
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'apt-get failed.';
  if ('code' in error && error.code === 'ENOENT') return 'There is no apt-get on this machine.';
  const said = 'stderr' in error ? String(error.stderr).trim() : '';
  return said.split('\n').slice(-4).join('\n') || error.message;
}
