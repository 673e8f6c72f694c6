import { parseArgs } from 'node:util';
import { debianArchive } from './servers/debian-archive.ts';
import { fetchServer } from './servers/fetch-server.ts';
import {
  fetchedNames,
  fetchedServer,
  type FetchedName,
  titleOf,
} from '../src/local/servers/server-folder.ts';

const usage = `Usage: npm run servers [-- --only ${fetchedNames.join('|')}]

Fetches what some tests run against, MariaDB, MySQL and the tool age, as Debian packages into
.servers. Nothing is installed: remove the folder to be rid of them, or to fetch newer ones.
`;

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));

/** The exit code: 1 where a server is not there in the end, 2 for arguments that make no sense. */
async function main(args: readonly string[]): Promise<number> {
  const names = namesIn(args);
  if (names === undefined) {
    process.stderr.write(usage);
    return 2;
  }
  let isAllThere = true;
  for (const name of names) isAllThere = (await provide(name)) && isAllThere;
  return isAllThere ? 0 : 1;
}

function namesIn(args: readonly string[]): readonly FetchedName[] | undefined {
  try {
    const { values } = parseArgs({ args: [...args], options: { only: { type: 'string' } } });
    if (values.only === undefined) return fetchedNames;
    const only = fetchedNames.filter((name) => name === values.only);
    return only.length > 0 ? only : undefined;
  } catch {
    return undefined;
  }
}

async function provide(name: FetchedName): Promise<boolean> {
  const there = await fetchedServer(name);
  if (there) {
    process.stdout.write(`${titleOf[name]} ${there.version} is in .servers/${name} already.\n`);
    return true;
  }
  try {
    process.stdout.write(`${titleOf[name]} is being fetched …\n`);
    const version = await fetchServer(name, await debianArchive());
    process.stdout.write(`${titleOf[name]} ${version} is in .servers/${name}.\n`);
    return true;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${titleOf[name]} is NOT available: ${reason}\n`);
    return false;
  }
}
