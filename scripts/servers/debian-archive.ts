import { access, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** Where packages come from. */
export interface DebianArchive {
  /** `http://deb.debian.org/debian`, or the mirror that this machine uses. */
  readonly mirror: string;
  /** The release of this machine; a lasting one where it is no Debian. */
  readonly release: string;
  readonly keyring: string;
}

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Throws where the keys are missing that packages are verified with. */
export async function debianArchive(): Promise<DebianArchive> {
  await access(keyring).catch((cause: unknown) => {
    throw new Error(`There is no ${keyring}. Install the package debian-archive-keyring.`, {
      cause,
    });
  });
  const mirrors = /https?:\/\/\S+\/debian(?=\/?(?:\s|$))/m;
  const [mirror = 'http://deb.debian.org/debian'] = mirrors.exec(await ownSources()) ?? [];
  const system = await textOf('/etc/os-release');
  const [, codename] = /^VERSION_CODENAME=(\w+)$/m.exec(system) ?? [];
  const isDebian = /^ID=debian$/m.test(system);
  return { mirror, release: isDebian && codename ? codename : 'bookworm', keyring };
}

/** What stands in the sources of this machine, comments apart. */
async function ownSources(): Promise<string> {
  const folder = '/etc/apt/sources.list.d';
  const files = await readdir(folder).catch(() => []);
  const all = ['/etc/apt/sources.list', ...files.map((file) => path.join(folder, file))];
  return (await Promise.all(all.map(textOf))).join('\n').replaceAll(/^\s*#.*$/gm, '');
}

const textOf = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');
