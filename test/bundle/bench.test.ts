import { expect, it } from 'vitest';
import { run } from '../local/running.ts';

// Whether it runs, and what it counts. How long anything took is nothing to fail for.
it('measures starts and steps once, in eleven calls a rotation, and leaves nothing behind', async () => {
  const bench = await run('bench/run.ts', ['--runs', '1', '--json']);
  expect(await bench.exited(), bench.stderr()).toBe(0);
  const report: unknown = JSON.parse(bench.stdout());

  expect(report).toMatchObject({
    runs: 1,
    starts: [
      start('bare Node'),
      ...[
        'Secrets Manager client alone',
        'rotate-secret',
        'reconcile-secret',
        'rotate-secret, no source maps',
        'rotate-secret, compile cache',
        'rotate-secret, not minified',
        'rotate-secret, one file',
      ].map((name) => ({
        ...start(name),
        bytes: { atStart: expect.any(Number), shipped: expect.any(Number) },
      })),
    ],
    steps: [
      step('createSecret', 4),
      step('setSecret', 2),
      step('testSecret', 2),
      step('finishSecret', 3),
      step('reconcile, end of a grace', 6),
      step('reconcile, daily run', 6),
    ],
    target: { timesBare: 3, reached: ratios },
    secretsManagerCalls: 11,
  });
  expect(bench.stderr()).toBe('');
  expect(await bench.traces()).toEqual([]);
}, 60_000);

it.each([['--runs', '0'], ['--unknown'], ['stray']])('refuses %s %s', async (...args) => {
  const bench = await run('bench/run.ts', args);

  expect(await bench.exited()).toBe(1);
  expect(bench.stderr()).toMatch(/^error: /);
});

const measured = {
  median: expect.any(Number),
  lower: expect.any(Number),
  upper: expect.any(Number),
};

const start = (name: string) => ({
  name,
  readyMs: measured,
  importMs: measured,
  timesBare: measured,
});

const step = (name: string, secretsmanager: number) => ({
  name,
  firstMs: measured,
  warmMs: measured,
  calls: expect.objectContaining({ secretsmanager }),
});

const ratios = { 'rotate-secret': expect.any(Number), 'reconcile-secret': expect.any(Number) };
