import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectSilent } from '../support/expect-told.ts';
import { localSecrets, sample, type LocalSecrets } from './local-secrets.ts';
import { command, environmentOf } from './run-keyturn.ts';

const driver = fileURLToPath(new URL('type_on_terminal.py', import.meta.url));
const hasTerminals =
  spawnSync('python3', ['-c', 'import pty, termios, os; os.waitstatus_to_exitcode']).status === 0;

const observed = v.object({
  screen: v.string(),
  exitCode: v.number(),
  echo: v.boolean(),
  visible: v.string(),
  left: v.number(),
});

interface Step {
  readonly until: string;
  readonly type: string;
  readonly signal?: number;
}

const [ctrlC, ctrlD, ctrlU, ctrlZ] = ['\u0003', '\u0004', '\u0015', '\u001A'];
const { DB_PASSWORD: password, TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: token } = sample;

const confirmed = { until: '[y/N]', type: 'y\r' };
const typed = [
  { until: 'DB_PASSWORD', type: `${password}\r` },
  { until: 'TWILIO_ACCOUNT_SID', type: `${sid}\r` },
  { until: 'TWILIO_AUTH_TOKEN', type: `${token}\r` },
];

/** Needs Python 3.9 or newer, whose pty module is a real terminal; Windows has none. */
describe.skipIf(!hasTerminals)('on a real terminal (skipped without python3 and pty)', () => {
  let secrets: LocalSecrets;
  beforeAll(async () => {
    secrets = await localSecrets();
  });
  afterAll(() => secrets.close());

  const init = async (name: string, steps: readonly Step[], env = {}) => {
    const child = spawn('python3', [driver], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: environmentOf({ clientConfig: secrets.clientConfig, env }),
    });
    child.stdin.end(JSON.stringify({ argv: [process.execPath, command, 'init', name], steps }));
    const [printed] = await Promise.all([text(child.stdout), once(child, 'close')]);
    const outcome = v.parse(observed, JSON.parse(printed));
    expect(outcome.left, outcome.screen).toBe(0);
    expect(outcome.echo).toBe(true);
    expectSilent(outcome.screen + outcome.visible, [...Object.values(sample), ...secrets.sent]);
    return outcome;
  };

  const stored = (name: string): unknown => JSON.parse(secrets.valueOf(name) ?? 'null');

  test('what is typed is stored, and appears neither on the screen nor to other processes', async () => {
    const { exitCode, visible } = await init('pty/typed', [confirmed, ...typed]);

    expect(exitCode).toBe(0);
    expect(stored('pty/typed')).toMatchObject(sample);
    // Without /proc there is nothing to look into.
    expect(visible || 'pty/typed').toContain('pty/typed');
  });

  test('nor on a terminal that can do next to nothing', async () => {
    const { exitCode } = await init('pty/dumb', [confirmed, ...typed], { TERM: 'dumb' });

    expect(exitCode).toBe(0);
    expect(stored('pty/dumb')).toMatchObject(sample);
  });

  test('several lines pasted at once stay hidden too', async () => {
    const paste = { until: 'DB_PASSWORD', type: `${password}\r${sid}\r${token}\r` };
    const { screen } = await init('pty/pasted', [confirmed, paste, { until: 'SID', type: ctrlC }]);

    expect(screen).toContain('INTERRUPTED');
  });

  test('the value is not shown by Ctrl-T, which the prompt knows; Ctrl-Z does nothing', async () => {
    const [first, ...others] = typed;
    const steps = [
      confirmed,
      { until: 'DB_PASSWORD', type: `${password}\u0014${ctrlZ}${ctrlU}${first?.type ?? ''}` },
      ...others.filter((each) => each !== undefined),
    ];
    const { exitCode } = await init('pty/toggled', steps);

    expect(exitCode).toBe(0);
    expect(stored('pty/toggled')).toMatchObject(sample);
  });

  test('an unfit answer is asked for again, from the start', async () => {
    const [first, ...others] = typed;
    const steps = [
      confirmed,
      { until: 'DB_PASSWORD', type: '\r' },
      { until: 'must be a text that is not empty', type: first?.type ?? '' },
      { until: 'TWILIO_ACCOUNT_SID', type: `${token}\r` },
      { until: '32 hexadecimal digits', type: '' },
      ...others,
    ];
    const { exitCode } = await init('pty/again', steps);

    expect(exitCode).toBe(0);
    expect(stored('pty/again')).toMatchObject(sample);
  });

  test.each([
    ['Ctrl-C at a value', [confirmed, { until: 'DB_PASSWORD', type: `${password}${ctrlC}` }], 130],
    ['a signal at a value', [confirmed, { until: 'DB_PASSWORD', type: password, signal: 15 }], 130],
    ['Ctrl-D at a value', [confirmed, { until: 'DB_PASSWORD', type: ctrlD }], 130],
    ['Ctrl-C at the last value', [confirmed, ...typed.slice(0, 2), last(ctrlC)], 130],
    ['Ctrl-C instead of a confirmation', [{ until: '[y/N]', type: ctrlC }], 130],
    ['Ctrl-D instead of one', [{ until: '[y/N]', type: ctrlD }], 1],
    ['Enter instead of one', [{ until: '[y/N]', type: '\r' }], 1],
  ])('%s creates nothing', async (what, steps, expected) => {
    const { exitCode, screen } = await init(`pty/${what.replaceAll(' ', '-')}`, steps);

    expect(exitCode).toBe(expected);
    expect(screen).toContain(expected === 130 ? '[INTERRUPTED]' : '[DECLINED]');
    expect(screen).not.toContain('    at ');
    expect(secrets.isThere(`pty/${what.replaceAll(' ', '-')}`)).toBe(false);
  });

  test('a file that is the terminal itself is refused, since it would show what is typed', async () => {
    const steps = [{ until: 'USAGE', type: '' }];
    for (const file of ['-', '/dev/tty']) {
      const { exitCode, screen } = await init(`--from-file=${file}`, steps);

      expect(exitCode).toBe(2);
      expect(screen).toContain('--from-file names a terminal');
    }
  });
});

function last(type: string): Step {
  return { until: 'TWILIO_AUTH_TOKEN', type };
}
