import type { DatabaseServer } from './server.ts';

/** A kind of server whose client is loaded when the first login is tried. */
export const lateServer = (load: () => Promise<DatabaseServer>): DatabaseServer => ({
  logIn: async (request) => (await load()).logIn(request),
  open: async (request) => (await load()).open(request),
});
