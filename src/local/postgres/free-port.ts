import { PortInUseError, serveHttp } from '../http-server.ts';

/** A port that is free now. Another process may take it before it is used. */
export async function freePort(host: string): Promise<number> {
  const server = await serveHttp(() => new Response(), { host });
  await server.close();
  return server.port;
}

/**
 * Does `work` on a free port, and on another one when it finds the first taken after all.
 * Throws PortInUseError after five.
 */
export async function onFreePort<T>(
  work: (port: number) => Promise<T>,
  pick: () => Promise<number>,
): Promise<T> {
  for (let left = 4; ; left -= 1) {
    try {
      return await work(await pick());
    } catch (error) {
      if (!(error instanceof PortInUseError) || left === 0) throw error;
    }
  }
}
