import { describe, expect, it } from 'vitest';
import { run } from './running.ts';

const start = (...args: string[]) => run('src/local/start.ts', args);

describe('npm start -- --json', () => {
  it('changes every key in every rotation, in at most eleven calls of which two write', async () => {
    const demo = await start('--json', '--rotations', '2');
    expect(await demo.exited(), demo.stderr()).toBe(0);
    const report: unknown = JSON.parse(demo.stdout());

    expect(report).toEqual({
      secret: 'reminder-app/production',
      rotations: [rotation(), rotation()],
    });
    expect(versionsOf(report)).toHaveLength(3);
    expect(demo.stderr()).toBe('');
    expect(await demo.traces()).toEqual([]);
  });
});

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
    expect(shown).toMatch(/TWILIO_AUTH_TOKEN +│ twilio-auth-token +│ changed +│ \d+ +│ 0 /);
    expect(shown).toMatch(/AWSPREVIOUS, KEYTURN_RETIRED/);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'ends at %s with %i, and leaves no process and no file behind',
    async (signal, code) => {
      const demo = await start('--rotations', '20');
      await demo.shows('Rotation 1');
      expect(await demo.traces()).not.toEqual([]);
      demo.process.kill(signal);

      expect(await demo.exited()).toBe(code);
      expect(await demo.traces()).toEqual([]);
    },
  );

  it.each([['--rotations', '0'], ['--rotations', 'many'], ['--unknown'], ['stray']])(
    'refuses %s %s with a sentence',
    async (...args) => {
      const demo = await start(...args);

      expect(await demo.exited()).toBe(1);
      expect(demo.stderr()).toMatch(/^error: /);
      expect(demo.stdout()).toBe('');
    },
  );
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
    DB_PASSWORD: { served: expect.toSatisfy(positive), failed: expect.any(Number) },
  },
  secretsManagerCalls: {
    total: expect.toSatisfy((calls: number) => calls <= 11),
    writes: 2,
  },
});

const positive = (value: number) => value > 0;

/** Each rotation begins at the version where the one before ended. */
const versionsOf = (report: unknown): readonly string[] => [
  ...new Set(JSON.stringify(report).match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g)),
];
