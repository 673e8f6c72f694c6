import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Stack } from '../../src/local/stack/stack.ts';

export const command = fileURLToPath(new URL('../../src/cli/keyturn.ts', import.meta.url));

export type Endpoint = Pick<Stack, 'clientConfig'> & {
  /** What standard input holds; without it there is none. */
  readonly input?: string | Buffer;
  /** Variables beside those that lead to the local stack. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where it is called; by default where the tests are. */
  readonly cwd?: string;
};

/** The command in a process of its own, without a terminal, against the local stack. */
export async function runKeyturn(stack: Endpoint, ...args: string[]) {
  const { input } = stack;
  const child = spawn(process.execPath, [command, ...args], {
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    env: environmentOf(stack),
    cwd: stack.cwd,
  });
  const printed = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => (printed.stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (printed.stderr += chunk.toString()));
  // The command may end before it has read everything.
  child.stdin?.on('error', () => undefined).end(input);
  await once(child, 'close');
  return { exitCode: child.exitCode, ...printed };
}

/** Variables with which any client of AWS's finds the local stack. */
export function environmentOf({ clientConfig, env }: Endpoint): NodeJS.ProcessEnv {
  const { endpoint, region, credentials } = clientConfig;
  return {
    ...process.env,
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ...env,
  };
}
