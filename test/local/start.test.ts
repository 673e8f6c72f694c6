import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { strategies } from '../../src/local/strategies/list.ts';
import { whereMissing } from '../support/servers/where-missing.ts';
import { run, type Running } from './running.ts';

const appScript = 'examples/reminder-app/server.ts';
/** Only there it can be seen which processes a process started. */
const isLinux = process.platform === 'linux';

const start = (...args: string[]) => run('src/local/start.ts', args);

describe('npm start -- --json', () => {
  it('changes every key in every rotation, in at most eleven calls of which two write', async () => {
    const demo = await start('--json', '--rotations', '2');
    expect(await demo.exited(), demo.stderr()).toBe(0);
    const report: unknown = JSON.parse(demo.stdout());

    expect(report).toEqual({
      secret: 'reminder-app/production',
      strategy: 'every key',
      rotations: [rotation(), rotation()],
    });
    expect(versionsOf(report)).toHaveLength(3);
    expect(demo.stderr()).toBe('');
    expect(await demo.traces()).toEqual([]);
  });
});

const noMariadb = await whereMissing('mariadb');

for (const { name, key, switches, needs = '' } of [
  { name: 'postgres-password', key: 'DB_PASSWORD', switches: true },
  { name: 'postgres-alternating', key: 'DB_PASSWORD', switches: false },
  { name: 'twilio-api-key', key: 'TWILIO_API_KEY_SECRET', switches: false },
  { name: 'mariadb-password', key: 'DB_PASSWORD', switches: false, needs: noMariadb },
]) {
  describe.skipIf(needs)(`npm start -- --strategy ${name}${needs}`, () => {
    it('shows its keys and its end, and fails no request', async () => {
      const demo = await start('--strategy', name);
      expect(await demo.exited(), demo.stderr()).toBe(0);

      const shown = demo.stdout();
      const row = [key, name.replace('mariadb', 'mysql'), 'changed', String.raw`\d+`, '0 '];
      expect(shown).toContain('✔ SECRET_KEY: new value made');
      expect(shown).toContain(`✔ ${key}: new value made`);
      expect(shown).toMatch(new RegExp(`│ ${row.join(' +│ ')}`));
      expect(/Switch gap: \d+ ms/.test(shown)).toBe(switches);
      expect(shown.includes('✔ grace: ')).toBe(!switches);
      expect(shown).toContain('do not allow: 0.');
      expect(await demo.traces()).toEqual([]);
    });
  });
}

describe('npm start', () => {
  it('shows steps and keys, and a summary that says what changed', async () => {
    const demo = await start();
    expect(await demo.exited(), demo.stderr()).toBe(0);

    const shown = demo.stdout();
    for (const step of ['createSecret', 'setSecret', 'testSecret', 'finishSecret', 'grace']) {
      expect(shown).toMatch(new RegExp(`✔ ${step}: `));
    }
    expect(shown).toContain('DB_PASSWORD: switched and proven by a login');
    expect(shown).toContain('Rotation 1 succeeded');
    expect(shown).toMatch(/DB_PASSWORD +│ rds-master-password +│ changed +│ \d+ +│ 0 /);
    expect(shown).toMatch(/TWILIO_AUTH_TOKEN +│ twilio-auth-token +│ changed +│ \d+ +│ 0 /);
    expect(shown).toContain('got through it by trying the pending password');
    expect(shown).toMatch(/AWSPREVIOUS, KEYTURN_RETIRED/);
  });

  it.each([
    ['SIGINT', 130, 'createSecret'],
    ['SIGTERM', 143, 'finishSecret'],
  ] as const)(
    'ends at %s with %i, in %s, and leaves no process and no file behind',
    async (signal, code, step) => {
      const demo = await start('--rotations', '20');
      await demo.shows(step);
      expect(await demo.traces()).not.toEqual([]);
      const [app] = await childrenOf(demo, appScript);
      demo.process.kill(signal);

      expect(await demo.exited()).toBe(code);
      expect(await demo.traces()).toEqual([]);
      expect(app !== undefined).toBe(isLinux);
      expect(isRunning(app)).toBe(false);
    },
  );

  it.skipIf(!isLinux)(
    'ends with 130 although Ctrl-C ends the application first (Linux)',
    async () => {
      const demo = await start('--rotations', '20');
      await demo.shows('Rotation 1');
      const [app] = await childrenOf(demo, appScript);
      process.kill(app ?? 0, 'SIGINT');
      demo.process.kill('SIGINT');

      expect(await demo.exited()).toBe(130);
      expect(demo.stderr()).toMatch(/^Interrupted by SIGINT\.\n$/m);
      expect(demo.stderr()).not.toContain('The reminder app ended');
      expect(await demo.traces()).toEqual([]);
    },
  );

  it.skipIf(!isLinux)('fails with what the application said when that dies (Linux)', async () => {
    const demo = await start('--rotations', '20');
    await demo.shows('finishSecret');
    const [app] = await childrenOf(demo, appScript);
    process.kill(app ?? 0, 'SIGKILL');

    expect(await demo.exited()).toBe(1);
    expect(demo.stderr()).toMatch(
      /^The reminder app ended \(SIGKILL\)\. It said last:\nSettings come/m,
    );
    expect(await demo.traces()).toEqual([]);
  });

  it.skipIf(!isLinux)('takes the application along when it is killed itself (Linux)', async () => {
    const demo = await start('--rotations', '20');
    await demo.shows('Rotation 1');
    const [app] = await childrenOf(demo, appScript);
    demo.process.kill('SIGKILL');

    await demo.exited();
    await expect.poll(() => isRunning(app), { timeout: 15_000 }).toBe(false);
  });

  it('lists the strategies there are', async () => {
    const help = await start('--help');
    expect(await help.exited()).toBe(0);

    for (const { name } of strategies) expect(help.stdout()).toContain(`\n  ${name} `);
  });

  it.each([
    ['--strategy', 'none-of-these'],
    ['--rotations', '0'],
    ['--rotations', 'many'],
    ['--unknown'],
    ['stray'],
  ])('refuses %s %s with a sentence', async (...args) => {
    const demo = await start(...args);

    expect(await demo.exited()).toBe(1);
    expect(demo.stderr()).toMatch(/^error: /);
    expect(demo.stdout()).toBe('');
  });
});

const count = () => ({ served: expect.toSatisfy(positive), failed: 0 });

const rotation = () => ({
  versions: { before: expect.any(String), after: expect.any(String) },
  keys: {
    SECRET_KEY: { rotator: 'random-key', changed: true },
    DB_PASSWORD: { rotator: 'rds-master-password', changed: true },
    TWILIO_AUTH_TOKEN: { rotator: 'twilio-auth-token', changed: true },
  },
  steps: ['createSecret', 'setSecret', 'testSecret', 'finishSecret'].map((step) => ({
    step,
    ms: expect.any(Number),
  })),
  refusedCalls: 0,
  switchGapMs: expect.toSatisfy(positive),
  requests: {
    SECRET_KEY: count(),
    TWILIO_AUTH_TOKEN: count(),
    DB_PASSWORD: count(),
  },
  secretsManagerCalls: {
    total: expect.toSatisfy((calls: number) => calls <= 11),
    writes: 2,
    ofAdministrator: 0,
  },
});

const positive = (value: number) => value > 0;

/** Each rotation begins at the version where the one before ended. */
const versionsOf = (report: unknown): readonly string[] => [
  ...new Set(JSON.stringify(report).match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g)),
];

/** The processes that it started with such an argument. */
async function childrenOf({ process: parent }: Running, argument: string) {
  const ids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    ids.map(async (id) => {
      const [stat, command] = await Promise.all([textOf(id, 'stat'), textOf(id, 'cmdline')]);
      // The name of the program, in brackets, may hold anything.
      const parentId = / \w (\d+)/.exec(stat.slice(stat.lastIndexOf(')')))?.[1];
      return parentId === String(parent.pid) && command.includes(argument) ? [Number(id)] : [];
    }),
  );
  return found.flat();
}

const textOf = (id: string, file: string) =>
  readFile(`/proc/${id}/${file}`, 'utf8').catch(() => '');

function isRunning(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}
