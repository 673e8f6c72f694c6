import assert from 'node:assert/strict';
import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outputOf } from './commands.ts';
import type { DockerEngine } from './docker-engine.ts';
import type { RunningStack } from './running-stack.ts';

interface Around {
  readonly stack: RunningStack;
  readonly docker: DockerEngine;
}

/** As docs/invoking.md has it for Linux on x86_64. Answers what was printed; throws where it failed. */
export async function samLocalInvoke(
  event: string,
  { stack, docker }: Around,
  options: readonly string[] = [],
): Promise<string> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'keyturn-sam-'));
  const environment = join(folder.path, 'env.json');
  await writeFile(environment, await environmentFor(stack));

  const logicalId = event === 'reconcile' ? 'ReconcileFunction' : 'RotationFunction';
  const files = ['-e', `events/${event}.json`, '-n', environment];
  const output = await outputOf(
    'sam',
    ['local', 'invoke', logicalId, ...files, ...linux, ...options],
    {
      ...stack.variables,
      DOCKER_HOST: docker.url,
    },
  );

  assert.match(docker.asked.at(-1)?.Image ?? '', /-x86_64$/);
  // The command itself succeeds whatever the function did.
  assert.doesNotMatch(output, /"errorType"/, `${event} failed:\n${output}`);
  return output;
}

const linux = [
  '--add-host',
  'host.docker.internal:host-gateway',
  '--parameter-overrides',
  'Architecture=x86_64',
];

/** Whether `--docker-network host` gives a container the network of this machine. */
export async function hasHostNetwork(around: Around): Promise<boolean> {
  await samLocalInvoke('reconcile', around, ['--docker-network', 'host']);
  return around.docker.asked.at(-1)?.HostConfig.NetworkMode === 'host';
}

/** events/env.docker.json, with the ports of this stack in place of the usual ones. */
async function environmentFor({ variables }: RunningStack): Promise<string> {
  const text = await readFile('events/env.docker.json', 'utf8');
  const portOf = (name: string) => new URL(variables[name] ?? '').port;
  return text
    .replaceAll(':4566', `:${portOf('AWS_ENDPOINT_URL')}`)
    .replaceAll(':4567', `:${portOf('TWILIO_BASE_URL')}`);
}
