import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localSecrets, sample } from './local-secrets.ts';
import { runKeyturn } from './run-keyturn.ts';
import { storedSecret } from './stored-secret.ts';

/** A secret that was rotated once, which the variable names, and a folder for programs. */
export async function execRig() {
  const secrets = await localSecrets();
  const before = { ...sample, DB_PASSWORD: 'the one before' };
  const { name } = await storedSecret(secrets, before, sample);
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-exec-'));

  const endpoint = (env: Record<string, string | undefined> = {}, input?: string) => ({
    clientConfig: secrets.clientConfig,
    env: { KEYTURN_SECRET_ID: name, ...env },
    ...(input !== undefined && { input }),
  });
  return {
    secrets,
    name,
    folder,
    /** With these variables beside the usual ones, and this standard input. */
    endpoint,
    exec: (...args: string[]) => runKeyturn(endpoint(), 'exec', ...args),
    async executable(file: string, content: string | Buffer, mode = 0o755): Promise<string> {
      const path = join(folder, file);
      await writeFile(path, content, { mode });
      return path;
    },
    async close() {
      await secrets.close();
      await rm(folder, { recursive: true });
    },
  };
}

export type ExecRig = Awaited<ReturnType<typeof execRig>>;
