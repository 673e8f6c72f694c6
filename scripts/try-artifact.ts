import { join } from 'node:path';
import { everythingByHand } from '../test/foreign/by-hand.ts';
import { startDockerEngine } from '../test/foreign/docker-engine.ts';
import { ownAddress } from '../test/foreign/own-address.ts';
import { startRunningStack } from '../test/foreign/running-stack.ts';
import { begin, outputOf } from '../test/foreign/commands.ts';
import { hasHostNetwork, samLocalInvoke } from '../test/foreign/sam-local-invoke.ts';

// What `sam build` made rotates the local stack by hand, step by step: run by `npm run invoke`, and
// by `sam local invoke`, whose containers are processes here. Needs `sam` on the PATH.

const invoker = 'src/local/invoke.ts';
const artifact = join(import.meta.dirname, '../.aws-sam/build');
process.chdir(join(import.meta.dirname, '..'));

const address = ownAddress();
if (address === undefined) {
  process.stdout.write('NOT RUN: this machine has no address beside its loopback.\n');
} else {
  // Nothing listens on 127.0.0.1, which in a container is the container itself.
  await using stack = await startRunningStack(address);
  await using docker = await startDockerEngine(address);

  await timed('npm run invoke', () =>
    everythingByHand(stack, {
      invoke: (event) =>
        outputOf(process.execPath, [invoker, '--artifact', artifact, `events/${event}.json`]),
      begin,
    }),
  );
  await timed('sam local invoke', () =>
    everythingByHand(stack, { invoke: (event) => samLocalInvoke(event, { stack, docker }), begin }),
  );
  if (await hasHostNetwork({ stack, docker })) {
    process.stdout.write(
      'NOTE: --docker-network host takes effect in this SAM CLI. docs/invoking.md says otherwise.\n',
    );
  }
}

async function timed(title: string, story: () => Promise<void>): Promise<void> {
  const started = performance.now();
  await story();
  const seconds = Math.round((performance.now() - started) / 1_000);
  process.stdout.write(`${title}: two rotations, reconcile, rollback, test only (${seconds} s)\n`);
}
