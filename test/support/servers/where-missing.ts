import { fetchedServer, type ServerName, titleOf } from '../../../scripts/servers/server-folder.ts';

/**
 * Why the tests on a server cannot run, for the title of a suite that is skipped then; empty where they
 * can. In CI they run all the same, and fail where the server is missing.
 */
export async function whereMissing(name: ServerName): Promise<string> {
  if (process.env['CI'] === 'true' || (await fetchedServer(name))) return '';
  return ` (skipped: ${missing(name)})`;
}

/** The server as it was fetched. Throws where it was not. */
export async function requireServer(name: ServerName) {
  const server = await fetchedServer(name);
  if (server) return server;
  throw new Error(missing(name));
}

const missing = (name: ServerName) => `${titleOf[name]} is not in .servers: npm run servers`;
