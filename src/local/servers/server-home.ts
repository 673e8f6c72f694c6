import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ServerName } from './server-folder.ts';

/** A private folder that holds everything a server writes. */
export interface ServerHome {
  readonly folder: string;
  readonly data: string;
  readonly socket: string;
  readonly log: string;
  readonly generalLog: string;
  /** Statements that the server runs when it starts. */
  readonly initFile: string;
  /** May be called twice. */
  remove(): Promise<void>;
}

export async function createHome(name: ServerName): Promise<ServerHome> {
  const folder = await mkdtemp(path.join(tmpdir(), `keyturn-${name}-`));
  await mkdir(path.join(folder, 'tmp'));
  return {
    folder,
    data: path.join(folder, 'data'),
    socket: path.join(folder, 'socket'),
    log: path.join(folder, 'server.log'),
    generalLog: path.join(folder, 'general.log'),
    initFile: path.join(folder, 'init.sql'),
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 10 }),
  };
}
