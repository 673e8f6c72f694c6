import { afterAll, beforeAll, expect, it } from 'vitest';
import { atStart, bytesOf } from '../../bench/closure.ts';
import { bytesIn } from '../../bench/subjects.ts';
import { bundled, type Bundled } from './bundled.ts';

// Sizes and not times, which say more of the machine than of the bundle: `npm run bench` measures
// those. Whoever has a good reason to be over a budget raises it, and says so in the commit.
const kibibyte = 1024;

let built: Bundled;
beforeAll(async () => {
  built = await bundled();
});
afterAll(async () => built[Symbol.asyncDispose]());

it.each(['rotate-secret.mjs', 'reconcile-secret.mjs'])(
  '%s loads at most 316 KiB of code at its start, in four modules',
  (entry) => {
    const modules = atStart(built.modules, entry);
    const bytes = bytesOf(modules);

    expect(modules.length).toBeLessThanOrEqual(4);
    expect(bytes).toBeGreaterThan(100 * kibibyte);
    expect(bytes).toBeLessThanOrEqual(316 * kibibyte);
  },
);

it('a function ships at most 1,984 KiB, source maps included', async () => {
  const bytes = await bytesIn(built.directory);

  expect(bytes).toBeGreaterThan(500 * kibibyte);
  expect(bytes).toBeLessThanOrEqual(1_984 * kibibyte);
});
