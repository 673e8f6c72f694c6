import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { launch, type PostgresProcess } from './postgres-process.ts';
import {
  certificateOf,
  dataOf,
  keyOf,
  type PostgresSetup,
  PostgresStartError,
  writeOwned,
} from './postgres-setup.ts';

const initdbOptions = [
  '--auth-local=reject',
  '--auth-host=scram-sha-256',
  '--encoding=UTF8',
  '--locale=C',
  // For speed: a data folder that lives as long as its server needs no care.
  '--no-sync',
  '--no-instructions',
  '--wal-segsize=1',
];

/** Makes the data folder. The superuser's password arrives as a verifier, and never as itself. */
export async function initialise(setup: PostgresSetup, verifier: string): Promise<void> {
  const { home, binaries } = setup;
  const passwordFile = path.join(home.folder, 'superuser');
  const log = path.join(home.folder, 'initdb.log');
  await writeOwned(home, passwordFile, `${verifier}\n`);

  const initdb = await launch(
    home,
    [
      binaries.initdb,
      `--pgdata=${dataOf(home)}`,
      `--username=${setup.superuser}`,
      `--pwfile=${passwordFile}`,
      ...initdbOptions,
    ],
    log,
  );
  const code = await endedUnlessAborted(initdb, setup.signal);
  if (code !== 0)
    throw new PostgresStartError(`initdb failed (${code}).`, await readFile(log, 'utf8'));

  await rm(passwordFile);
  await writeOwned(home, path.join(dataOf(home), 'pg_hba.conf'), 'host all all all scram-sha-256');
  if (!setup.tls) return;
  await writeOwned(home, certificateOf(home), setup.tls.cert);
  await writeOwned(home, keyOf(home), setup.tls.key);
}

async function endedUnlessAborted(running: PostgresProcess, signal: AbortSignal | undefined) {
  const abort = () => void running.end();
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted) abort();
  const code = await running.ended;
  signal?.removeEventListener('abort', abort);
  signal?.throwIfAborted();
  return code;
}
