import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Load } from './starts.ts';

// Starts processes from a small one, and waits for each: forking takes the longer, the more memory
// the parent has, and a builder of bundles has a lot.
const loader = join(import.meta.dirname, 'load-module.mjs');
const question = v.object({ url: v.string(), environment: v.record(v.string(), v.string()) });

process.on('disconnect', () => process.exit());
process.on('message', (asked) => process.send?.(load(v.parse(question, asked))));
process.send?.('ready');

function load({ url, environment: env }: v.InferOutput<typeof question>): Load {
  const spawned = process.hrtime.bigint();
  const { stdout, stderr, status } = spawnSync(process.execPath, [loader, url], {
    env,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`A module could not be loaded:\n${stderr}`);
  const [started = 0n, loaded = 0n] = stdout.split(' ').map(BigInt);
  return { readyMs: ms(loaded - spawned), importMs: ms(loaded - started) };
}

function ms(nanoseconds: bigint): number {
  return Number(nanoseconds) / 1e6;
}
