import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as v from 'valibot';

/** Both since the start of the process, in ms. */
export interface Load {
  /** Until a value could be asked for. */
  readonly readyMs: number;
  /** Until one was answered. */
  readonly firstValueMs: number;
}

// Starts processes from a small one, and waits for each: forking takes the longer, the more memory
// the parent has, and a builder of bundles has a lot.
const loader = join(import.meta.dirname, 'load-subject.mjs');
const question = v.object({
  module: v.string(),
  opening: v.string(),
  environment: v.record(v.string(), v.string()),
});

process.on('disconnect', () => process.exit());
process.on('message', (asked) => process.send?.(load(v.parse(question, asked))));
process.send?.('ready');

function load({ module, opening, environment: env }: v.InferOutput<typeof question>): Load {
  const args = [loader, pathToFileURL(module).href, opening];
  const spawned = process.hrtime.bigint();
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`A subject could not be loaded:\n${stderr}`);
  const [opened = 0n, answered = 0n] = stdout.split(' ').map(BigInt);
  return { readyMs: ms(opened - spawned), firstValueMs: ms(answered - spawned) };
}

const ms = (nanoseconds: bigint) => Number(nanoseconds) / 1e6;
