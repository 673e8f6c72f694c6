import { chown, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PostgresBinaries } from './postgres-binaries.ts';
import type { PostgresHome } from './postgres-home.ts';

/** What one start needs to know. */
export interface PostgresSetup {
  readonly home: PostgresHome;
  readonly binaries: PostgresBinaries;
  readonly host: string;
  readonly superuser: string;
  readonly logStatements: boolean;
  /** PEM texts. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A server that did not start. The message ends with the last lines of its log. */
export class PostgresStartError extends Error {
  readonly code = 'POSTGRES_START_FAILED';

  constructor(what: string, log: string) {
    super(`${what} The end of its log:\n${log.trim().split('\n').slice(-12).join('\n')}`);
    this.name = 'PostgresStartError';
  }
}

export const dataOf = ({ folder }: PostgresHome): string => path.join(folder, 'data');
export const serverLogOf = ({ folder }: PostgresHome): string => path.join(folder, 'server.log');
export const certificateOf = ({ folder }: PostgresHome): string => path.join(folder, 'server.crt');
export const keyOf = ({ folder }: PostgresHome): string => path.join(folder, 'server.key');

/** Writes a file that the server's user alone may read. */
export async function writeOwned(
  { user }: PostgresHome,
  file: string,
  text: string,
): Promise<void> {
  await writeFile(file, text, { mode: 0o600 });
  if (user) await chown(file, user.uid, user.gid);
}
