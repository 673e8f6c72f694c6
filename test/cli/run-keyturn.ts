import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Stack } from '../../src/local/stack/stack.ts';

const command = fileURLToPath(new URL('../../src/cli/keyturn.ts', import.meta.url));

/** The command in a process of its own, without a terminal, against the local stack. */
export async function runKeyturn(stack: Pick<Stack, 'clientConfig'>, ...args: string[]) {
  const { endpoint, region, credentials } = stack.clientConfig;
  const child = spawn(process.execPath, [command, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
  });
  const printed = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (printed.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (printed.stderr += chunk.toString()));
  await once(child, 'close');
  return { exitCode: child.exitCode, ...printed };
}
