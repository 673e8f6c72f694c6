import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DebianArchive } from './debian-archive.ts';
import { downloadPackages, unpack, versionIn } from './debian-packages.ts';
import {
  fetchedServer,
  type Manifest,
  manifestFile,
  type FetchedName,
  serversFolder,
} from '../../src/local/servers/server-folder.ts';

/** What each is fetched as. MySQL 9 is in no stable Debian. */
const packages = {
  mariadb: { name: 'mariadb-server-core', program: 'usr/sbin/mariadbd', release: undefined },
  mysql: { name: 'mysql-server-core', program: 'usr/sbin/mysqld', release: 'sid' },
  age: { name: 'age', program: 'usr/bin/age', release: undefined },
} as const;

/** Large, and nothing that a server needs to run. */
const unneeded = /\/(?:lib)?perl[^/]*$/;

/**
 * Puts a server into its folder, whole or not at all, and answers its version. Throws what is in the
 * way. The folder must not be there.
 */
export async function fetchServer(name: FetchedName, archive: DebianArchive): Promise<string> {
  await mkdir(serversFolder, { recursive: true });
  const work = await mkdtemp(path.join(serversFolder, `.fetching-${name}-`));
  try {
    const { name: packageName, program, release = archive.release } = packages[name];
    const aptFolder = path.join(work, 'apt');
    const request = { archive, name: packageName, release, folder: aptFolder };
    const files = await downloadPackages(request);
    const root = path.join(work, 'root');
    await mkdir(root);
    await unpack(
      files.filter((file) => !unneeded.test(file)),
      root,
    );

    const version = versionIn(files, packageName);
    const manifest: Manifest = { version, program, ...(await loaderIn(root)) };
    await writeFile(path.join(root, manifestFile), JSON.stringify(manifest));
    await putInPlace(root, name);
    return version;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Somebody else may have fetched it meanwhile. */
async function putInPlace(root: string, name: FetchedName): Promise<void> {
  try {
    await rename(root, path.join(serversFolder, name));
  } catch (error) {
    if (!(await fetchedServer(name))) throw error;
  }
}

/** The loader of programs, and the folders of libraries, of whatever processor this is. */
async function loaderIn(root: string): Promise<Pick<Manifest, 'loader' | 'libraries'>> {
  const libraries = [
    ...(await namesIn(root, 'lib', /-linux-/)),
    ...(await namesIn(root, 'usr/lib', /-linux-/)),
  ];
  const loaders = await Promise.all(
    libraries.map((folder) => namesIn(root, folder, /^ld-linux.*\.so\.\d+$/)),
  );
  const [loader] = loaders.flat();
  if (loader === undefined) throw new Error('The packages have no loader of programs (ld-linux).');
  return { loader, libraries };
}

async function namesIn(root: string, folder: string, like: RegExp): Promise<readonly string[]> {
  const names = await readdir(path.join(root, folder)).catch(() => []);
  return names.filter((name) => like.test(name)).map((name) => path.join(folder, name));
}
