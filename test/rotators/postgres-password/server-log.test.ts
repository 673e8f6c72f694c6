import { readFile } from 'node:fs/promises';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Credential } from '../../../src/rotation/rotator.ts';
import { anyVersion } from '../../support/calling.ts';
import { attempt, must } from '../../support/contract/invoke.ts';
import { Gate } from '../../support/gate.ts';
import { type Ground, startGround } from '../../support/rds-system.ts';
import { leaksIn } from '../../stack/leaks.ts';
import { start, type Started } from './support.ts';

let ground: Ground;

beforeAll(async () => {
  ground = await startGround({ logStatements: true });
});
afterAll(() => ground.close());

const log = () => readFile(ground.logPath, 'utf8');

const textIn = (value: unknown) => (typeof value === 'string' ? value : '');

const passwordsOf = ({ current, next, wrong, admin }: Started): string[] => [
  ...[current, next, wrong].map(({ DB_PASSWORD: value }) => textIn(value)),
  admin.password,
];

test.each([false, true])(
  'no password stands in the log of the server (by an administrator: %s)',
  async (byAdmin) => {
    const password = `it's "a" \\ pässword % & <first>`;
    const started = await start(ground, { byAdmin, password });
    const { check, install, change, current, next, wrong, role } = started;

    await check();
    await install();
    await change();
    await install(current, next);
    await change(current, next);
    await check(wrong);
    await change(wrong, wrong);
    await started.query(`ALTER ROLE ${role} NOLOGIN`);
    await change();

    expect((await log()).match(/ALTER ROLE "app_/g)?.length).toBeGreaterThan(4);
    expect(leaksIn(await log(), passwordsOf(started))).toEqual([]);
  },
);

test('no password stands there after a statement was refused, or broke off (F-17)', async () => {
  const started = await start(ground, { byAdmin: true });
  await started.query(`REVOKE ${started.role} FROM ${started.admin.username}`);
  await started.check();
  await started.change();
  for (let at = 1; at <= 16; at += 1) {
    const gate = new Gate({ at, fault: 'dies-after' });
    const { next: to, current: from } = started;
    await attempt(started, async (rotator, call) => rotator.switch?.({ ...call, to, from }), gate);
  }

  expect(await log()).toContain('permission denied to alter role');
  expect(leaksIn(await log(), passwordsOf(started))).toEqual([]);
});

test('nothing but whole verifiers is sent as a password', async () => {
  const started = await start(ground);
  await started.check();
  await started.change();

  const sent = [...(await log()).matchAll(/ALTER ROLE .* PASSWORD (.*)/g)].map(
    ([, value]) => value,
  );

  expect(sent.length).toBeGreaterThan(1);
  for (const value of sent) {
    expect(value).toMatch(
      /^'SCRAM-SHA-256\$4096:[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}='$/,
    );
  }
});

test('the server accepts every password that is made, of any length and any rounds', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        length: fc.integer({ min: 32, max: 128 }),
        iterations: fc.integer({ min: 4_096, max: 12_000 }),
      }),
      async (options) => {
        const started = await start(ground, { options });
        const next: Credential = {
          ...started.current,
          ...(await must(started, (rotator, call) =>
            rotator.create({
              ...call,
              current: started.current,
              superseded: async () => undefined,
              version: anyVersion,
            }),
          )),
        };

        await started.change(next);

        expect(next['DB_PASSWORD']).toHaveLength(options.length);
        expect(await started.works(next)).toBe(true);
        expect(await started.works(started.current)).toBe(false);
        expect(leaksIn(await log(), [textIn(next['DB_PASSWORD'])])).toEqual([]);
      },
    ),
    { numRuns: 30 },
  );
});
