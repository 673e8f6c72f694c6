import {
  fetchedServer,
  type FetchedName,
  titleOf,
} from '../../../src/local/servers/server-folder.ts';

/**
 * Why the tests on a server cannot run, for the title of a suite that is skipped then; empty where they
 * can. In CI they run all the same, and fail where the server is missing.
 */
export async function whereMissing(name: FetchedName): Promise<string> {
  if (process.env['CI'] === 'true' || (await fetchedServer(name))) return '';
  return ` (skipped: ${titleOf[name]} is not in .servers: npm run servers)`;
}
