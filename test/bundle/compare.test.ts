import * as v from 'valibot';
import { expect, it } from 'vitest';
import { markdownOf } from '../../bench/compare/tables.ts';
import type { Report } from '../../bench/compare/report.ts';
import { run } from '../local/running.ts';

const counts = v.object({ done: v.number(), failed: v.number(), longestRefusalMs: v.number() });
const document = v.looseObject({
  rotations: v.number(),
  rows: v.array(
    v.looseObject({
      strategy: v.string(),
      compared: v.looseObject({
        uses: v.array(v.object({ use: v.string(), bare: counts, application: counts })),
        switchGapMs: v.number(),
        secretsManagerCalls: v.object({
          total: v.number(),
          writes: v.number(),
          ofAdministrator: v.number(),
        }),
      }),
    }),
  ),
});

// Whether it runs, and what it counts. How long anything took is nothing to fail for.
it('compares strategies under use, and leaves nothing behind', async () => {
  const names = ['random-key', 'twilio-auth-token', 'postgres-alternating'];
  const only = names.flatMap((name) => ['--only', name]);
  const bench = await run('bench/compare/run.ts', ['--rotations', '1', '--json', ...only]);
  expect(await bench.exited(), bench.stderr()).toBe(0);
  const { rows, ...report } = v.parse(document, JSON.parse(bench.stdout()));

  expect(report).toMatchObject({ rotations: 1, machine: { node: process.version } });
  expect(rows.map(({ strategy }) => strategy)).toEqual(names);
  const uses = rows.flatMap(({ strategy, compared }) =>
    compared.uses.map((used) => ({ strategy, ...used })),
  );
  expect(uses.map(({ strategy, use }) => [strategy, use])).toEqual([
    ['random-key', 'sessions'],
    ['twilio-auth-token', 'token calls'],
    ['twilio-auth-token', 'webhooks'],
    ['postgres-alternating', 'logins'],
  ]);
  for (const { application } of uses) {
    expect(application.failed).toBe(0);
    expect(application.done).toBeGreaterThan(5);
  }
  // A key that is replaced, and a token that signs on: what is published is not all there is to know.
  expect(uses.map(({ bare }) => bare.failed > 0)).toEqual([true, false, true, false]);
  expect(rows.map(({ compared }) => compared.secretsManagerCalls)).toEqual([
    { total: 11, writes: 2, ofAdministrator: 0 },
    { total: 11, writes: 2, ofAdministrator: 0 },
    { total: 12, writes: 2, ofAdministrator: 2 },
  ]);
  expect(await bench.traces()).toEqual([]);
}, 180_000);

it('writes a table of it, with what was left out', () => {
  const compared = {
    rotations: 3,
    uses: [
      {
        use: 'logins',
        bare: { done: 97, failed: 3, longestRefusalMs: 21.4 },
        application: { done: 50, failed: 0, longestRefusalMs: 0 },
      },
    ],
    switchGapMs: 17,
    secretsManagerCalls: { total: 11, writes: 2, ofAdministrator: 2 },
  } as const;
  const report: Report = {
    date: '2026-01-02',
    machine: { node: 'v24.0.0', platform: 'linux-x64', cores: 2, load: [0.5, 1] },
    rotations: 3,
    rows: [
      { strategy: 'in-place', title: 'in place', compared },
      { strategy: 'two', title: 'two at once', grace: '12h', missing: 'no server' },
    ],
  };

  expect(markdownOf(report).split('\n').slice(2)).toEqual([
    expect.stringMatching(/^\| strategy \|/),
    '| --- | --- | --: | --: | --: | --: | --: | --: |',
    '| `in-place` | logins | 3 of 100 | 0 of 50 | 21 | 17 | 11 (2) + 2 | none |',
    '| `two` | not compared: no server |  |  |  |  |  | 12h |',
  ]);
});

it('ends by SIGTERM in the middle of it, and leaves nothing behind', async () => {
  const bench = await run('bench/compare/run.ts', ['--only', 'random-key']);
  while ((await bench.traces()).length === 0) {
    expect(bench.process.exitCode).toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  bench.process.kill('SIGTERM');

  expect(await bench.exited()).toBe(143);
  expect(bench.stderr()).toMatch(/Interrupted by SIGTERM\.\n$/);
  expect(await bench.traces()).toEqual([]);
}, 60_000);

it.each(['--rotations 0', '--only nothing', '--only random-key --write', '--unknown', 'stray'])(
  'refuses %s',
  async (line) => {
    const bench = await run('bench/compare/run.ts', line.split(' '));

    expect(await bench.exited()).toBe(1);
    expect(bench.stderr()).toMatch(/^error: /);
  },
);
