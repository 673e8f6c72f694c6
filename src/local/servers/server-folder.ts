import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';

export const serverNames = ['mariadb', 'mysql'] as const;

/** A database server that is fetched for tests and the local stack, and never installed. */
export type ServerName = (typeof serverNames)[number];

/** All that is fetched: beside the servers the tool `age`, which opens what `keyturn backup` writes. */
export const fetchedNames = [...serverNames, 'age'] as const;

export type FetchedName = (typeof fetchedNames)[number];

export const titleOf: Readonly<Record<FetchedName, string>> = {
  mariadb: 'MariaDB',
  mysql: 'MySQL',
  age: 'age',
};

/** The project's folder of fetched servers. Git knows nothing of it. */
export const serversFolder = path.join(import.meta.dirname, '../../../.servers');

const manifest = v.object({
  version: v.string(),
  /** Paths inside the folder. The server runs by the C library that it was built for, not the system's. */
  loader: v.string(),
  libraries: v.array(v.string()),
  program: v.string(),
});

export type Manifest = v.InferOutput<typeof manifest>;

/** The last file that is written into a server's folder. */
export const manifestFile = 'server.json';

/** What is in a server's folder; undefined where it was not fetched. */
export async function fetchedServer(
  name: FetchedName,
): Promise<(Manifest & { readonly folder: string }) | undefined> {
  const folder = path.join(serversFolder, name);
  const text = await readFile(path.join(folder, manifestFile), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  return { folder, ...v.parse(manifest, JSON.parse(text)) };
}

/** The server as it was fetched. Throws a sentence that says how to where it was not. */
export async function requireServer(name: FetchedName) {
  const server = await fetchedServer(name);
  if (server) return server;
  throw new Error(`${titleOf[name]} is not in .servers. Fetch it first: npm run servers`);
}
