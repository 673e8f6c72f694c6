import { join } from 'node:path';
import type { Variables } from '../../src/handlers/environment.ts';
import { runFunction, type Outcome } from '../../src/local/invoke/run-function.ts';

export interface Contained {
  /** What is at `/var/task` in a container. */
  readonly taskRoot: string;
  /** As in the template: `rotate-secret.handler`. */
  readonly handler: string;
  readonly variables: Variables;
  /** Its /etc/hosts: addresses by name. */
  readonly hosts: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
}

const hostsModule = new URL('container-hosts.ts', import.meta.url).href;

/** What Lambda's emulator says of any function. */
const arn = 'arn:aws:lambda:us-east-1:012345678912:function:test_function';

/**
 * Runs a built function as a container of `sam local invoke` would, but in a process of this
 * machine: its files, its environment and the names it can resolve are the container's, its network
 * is not. What it may not reach must therefore not listen on 127.0.0.1.
 */
export async function runContained(
  event: unknown,
  { taskRoot, handler, variables, hosts, onLine }: Contained,
): Promise<Outcome> {
  // Names a file of the image.
  const { NODE_EXTRA_CA_CERTS: _, ...rest } = variables;
  return runFunction(
    { event, function: { arn } },
    {
      module: join(taskRoot, `${handler.replace(/\.\w+$/, '')}.mjs`),
      variables: {
        ...rest,
        NODE_OPTIONS: `${variables['NODE_OPTIONS'] ?? ''} --import=${hostsModule}`,
        CONTAINER_HOSTS: JSON.stringify(hosts),
      },
      onLine,
    },
  );
}
