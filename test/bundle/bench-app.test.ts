import * as v from 'valibot';
import { expect, it } from 'vitest';
import { run } from '../local/running.ts';

const bytes = v.object({ atStart: v.number(), inAll: v.number() });
const counts = { served: v.number(), failed: v.number(), calls: v.number(), unhandled: v.number() };
const document = v.looseObject({
  imports: v.array(v.looseObject({ name: v.string(), bytes })),
  outages: v.array(v.looseObject({ name: v.string(), everyMs: v.number(), ...counts })),
});

// Whether it runs, and what it counts. How long anything took is nothing to fail for, and what others
// do may change with their next version.
it('measures Keyturn and the others once, and leaves nothing behind', async () => {
  const bench = await run('bench/app/run.ts', ['--quick', '--json']);
  expect(await bench.exited(), bench.stderr()).toBe(0);
  const report = v.parse(document, JSON.parse(bench.stdout()));

  expect(report).toMatchObject({
    packages: { '@aws-lambda-powertools/parameters': expect.any(String) },
    rates: rates.map((name) => ({ name, perSecond: spread })),
    imports: ['bare Node', ...clients].map((name) => ({
      name,
      readyMs: spread,
      firstValueMs: spread,
    })),
    bursts: [
      { name: 'Keyturn', reads: 100, cold: 1, expired: 1, failed: 0 },
      ...others.map((name) => ({ name, reads: 100, cold: expect.any(Number) })),
    ],
    outages: [...clients, ...clients].map((name) => ({ name })),
    previous: [
      { name: 'Keyturn', answer: 'AWSPREVIOUS' },
      ...others.map((name) => ({ name, answer: expect.any(String) })),
    ],
  });
  const [busy, quiet] = report.outages.filter(({ name }) => name === 'Keyturn');
  expect(busy).toMatchObject({ everyMs: 50, served: 60, failed: 0, unhandled: 0 });
  expect(busy?.calls).toBeLessThan(30);
  expect(quiet).toMatchObject({ everyMs: 750, served: 4, failed: 0, unhandled: 0 });
  const sizeOf = new Map(report.imports.map((each) => [each.name, each.bytes]));
  expect(sizeOf.get('Keyturn')?.atStart).toBeLessThan(20 * 1_024);
  expect(sizeOf.get('Keyturn')?.inAll).toBeLessThan(320 * 1_024);
  expect(bench.stderr()).toBe('');
  expect(await bench.traces()).toEqual([]);
}, 120_000);

it('ends by SIGTERM in the middle of it, and leaves nothing behind', async () => {
  const bench = await run('bench/app/run.ts', ['--quick']);
  while ((await bench.traces()).length === 0) {
    expect(bench.process.exitCode).toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  bench.process.kill('SIGTERM');

  expect(await bench.exited()).toBe(143);
  expect(bench.stderr()).toBe('Interrupted by SIGTERM.\n');
  expect(await bench.traces()).toEqual([]);
}, 60_000);

it.each(['--runs 0', '--quick --runs 3', '--unknown', 'stray'])('refuses %s', async (line) => {
  const bench = await run('bench/app/run.ts', line.split(' '));

  expect(await bench.exited()).toBe(1);
  expect(bench.stderr()).toMatch(/^error: /);
});

const rates = [
  'Keyturn, get(key)',
  'Keyturn, await getSecret(key)',
  'Powertools, await getSecret(name)',
  'middy, a warm invocation',
  'middy, its middleware alone',
  'no cache: AWS’s client',
  'floor: await a Map',
];
const others = ['Powertools parameters', 'middy secrets-manager', 'AWS’s client, no cache'];
const clients = ['Keyturn', ...others];

const spread = {
  median: expect.any(Number),
  lower: expect.any(Number),
  upper: expect.any(Number),
};
