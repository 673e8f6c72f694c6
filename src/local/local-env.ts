import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { localRegion } from './aws-service.ts';
import { localCredentials } from './stack/deployment.ts';
import { production } from './stack/environments.ts';
import type { Stack } from './stack/stack.ts';

const folder = new URL('../../.local/', import.meta.url);
const file = new URL('env', folder);

/** How a shell reaches the running stack. Holds no value of a secret. */
function variablesOf(stack: Stack): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL: stack.awsUrl,
    AWS_REGION: localRegion,
    AWS_DEFAULT_REGION: localRegion,
    AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
    PGHOST: stack.databaseHost,
    PGPORT: String(stack.postgres.port),
    PGUSER: production.dbUser,
    PGDATABASE: production.dbName,
    TWILIO_BASE_URL: stack.twilioUrl,
    KEYTURN_SECRET_ID: production.secretName,
  };
}

/** Writes `.local/env`, for `. .local/env`. Answers a function that removes it again. */
export async function writeLocalEnv(stack: Stack): Promise<() => Promise<void>> {
  const lines = Object.entries(variablesOf(stack)).map(
    ([name, value]) => `export ${name}='${value}'\n`,
  );
  await mkdir(folder, { recursive: true });
  await writeFile(file, lines.join(''));
  return () => rm(file, { force: true });
}

/** The AWS endpoint of the stack that runs; `undefined` when none does. */
export async function runningEndpoint(): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return /^export AWS_ENDPOINT_URL='(.*)'$/m.exec(text)?.[1];
}
