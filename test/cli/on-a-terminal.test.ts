import { constants } from 'node:os';
import { describe, expect, test } from 'vitest';
import { expectSilent } from '../support/expect-told.ts';
import { sample } from './local-secrets.ts';
import { confirmed, ctrlC, hasTerminals, onTerminal, type Step } from './on-terminal.ts';
import { useLocalSecrets } from './use-local-secrets.ts';

const [ctrlD, ctrlU, ctrlZ, escape] = ['\u0004', '\u0015', '\u001A', '\u001B'];
const { DB_PASSWORD: password, TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: token } = sample;

interface Around {
  readonly env?: Readonly<Record<string, string>>;
  readonly before?: readonly string[];
}

const signals = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGUSR2', 'SIGALRM', 'SIGTERM'] as const;

const pem = [
  '-----BEGIN PRIVATE KEY-----\r',
  ...Array.from({ length: 26 }, (_, line) => `line-${line}-of-a-key-${'k'.repeat(48)}\r`),
  '-----END PRIVATE KEY-----\r',
];
const long = Array.from({ length: 110 }, (_, line) => `long-${line}-${'x'.repeat(64)}\r`).join('');
const paste = (pasted: string) => `${escape}[200~${pasted}${escape}[201~`;

/** After the command, what it left unread is shown, as a shell would. */
const shell = ['sh', '-c', '"$@"; code=$?; timeout 1 cat; exit $code', 'sh'];

const typed = [
  { until: 'DB_PASSWORD', type: `${password}\r` },
  { until: 'TWILIO_ACCOUNT_SID', type: `${sid}\r` },
  { until: 'TWILIO_AUTH_TOKEN', type: `${token}\r` },
];

describe.skipIf(!hasTerminals)('on a real terminal (skipped without python3 and pty)', () => {
  const secrets = useLocalSecrets();

  const init = async (
    name: string,
    steps: readonly Step[],
    { env = {}, before = [] }: Around = {},
  ) => {
    const args = ['init', name, '--no-files'];
    const outcome = await onTerminal({ ...secrets(), env }, { args, steps, before });
    expect(outcome.echo).toBe(true);
    expectSilent(outcome.screen + outcome.visible, [...Object.values(sample), ...secrets().sent]);
    return outcome;
  };

  const stored = (name: string): unknown => JSON.parse(secrets().valueOf(name) ?? 'null');

  test('what is typed is stored, and appears neither on the screen nor to other processes', async () => {
    const { exitCode, visible } = await init('pty/typed', [confirmed, ...typed]);

    expect(exitCode).toBe(0);
    expect(stored('pty/typed')).toMatchObject(sample);
    // Without /proc there is nothing to look into.
    expect(visible || 'pty/typed').toContain('pty/typed');
  });

  test('nor on a terminal that can do next to nothing', async () => {
    const { exitCode } = await init('pty/dumb', [confirmed, ...typed], { env: { TERM: 'dumb' } });

    expect(exitCode).toBe(0);
    expect(stored('pty/dumb')).toMatchObject(sample);
  });

  describe('several lines are refused, neither shown nor left to the shell, whether they come', () => {
    test.each([
      ['at once', `${password}\r${sid}\r${token}\r`],
      ['as a key, at once', pem.join('')],
      ['as a key, one after the other', pem],
      ['in more than a terminal holds', long],
      ['between marks, which end no line', paste(`${password}\n${sid}`)],
      ['between marks, in pieces', [`${escape}[20`, `0~${password}\r`, sid, `${escape}[201~`]],
    ])('%s', async (what, lines) => {
      const name = `pty/lines-${what.replaceAll(/\W+/g, '-')}`;
      const [first, ...others] = typed;
      const answered = [
        confirmed,
        { until: 'DB_PASSWORD', type: lines },
        { until: 'More than one line came', type: first?.type ?? '' },
        ...others.slice(0, 1),
        { until: 'TWILIO_AUTH_TOKEN', type: lines },
        { until: 'More than one line came', type: '' },
        ...others.slice(1),
      ];
      const { exitCode, screen } = await init(name, answered, { before: shell });

      expect(exitCode).toBe(0);
      expect(stored(name)).toMatchObject(sample);
      expectSilent(
        screen,
        [...pem, ...long.split('\r')].map((line) => line.trim()),
      );
    });

    test('after Ctrl-C among them', async () => {
      const lines = { until: 'DB_PASSWORD', type: [...pem.slice(0, 9), ctrlC, ...pem.slice(9)] };
      const { exitCode, screen } = await init('pty/lines-stopped', [confirmed, lines], {
        before: shell,
      });

      expect(exitCode).toBe(130);
      expect(secrets().isThere('pty/lines-stopped')).toBe(false);
      expectSilent(
        screen,
        pem.map((line) => line.trim()),
      );
    });
  });

  test('one line that is pasted between marks is an answer', async () => {
    const pasted = typed.map(({ until, type }) => ({ until, type: `${paste(type.trim())}\r` }));
    const { exitCode, screen } = await init('pty/marked', [confirmed, ...pasted]);

    expect(exitCode).toBe(0);
    expect(stored('pty/marked')).toMatchObject(sample);
    expect(screen).toContain(`${escape}[?2004h`);
    expect(screen.lastIndexOf(`${escape}[?2004l`)).toBeGreaterThan(
      screen.lastIndexOf(`${escape}[?2004h`),
    );
  });

  test('keys and bytes that are no text are refused, not dropped', async () => {
    const refused: readonly (readonly [type: string, problem: string])[] = [
      [`${password}${escape}[D\r`, 'no text'],
      [`${password}\tx\r`, 'no text'],
      [`${paste(`${password}${escape}[31m`)}\r`, 'no text'],
      [`${paste(`${password}\u007F`)}\r`, 'no text'],
      [`${password}\uDCFF\r`, 'UTF-8'],
    ];
    const [first, ...others] = typed;
    const steps = refused.flatMap(([type, problem]) => [
      { until: 'DB_PASSWORD', type },
      { until: problem, type: '' },
    ]);
    const fit = { until: 'DB_PASSWORD', type: first?.type ?? '' };
    const { exitCode } = await init('pty/no-text', [confirmed, ...steps, fit, ...others]);

    expect(exitCode).toBe(0);
    expect(stored('pty/no-text')).toMatchObject(sample);
  });

  test('what is typed after a stop is not shown, though the shell switched the echo on', async () => {
    const stopped = typed.map((step, index) => (index === 0 ? { ...step, stopped: true } : step));
    const { exitCode } = await init('pty/stopped', [confirmed, ...stopped]);

    expect(exitCode).toBe(0);
    expect(stored('pty/stopped')).toMatchObject(sample);
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

  test.each<[string, readonly Step[], number]>([
    ['Ctrl-C at a value', [confirmed, { until: 'DB_PASSWORD', type: `${password}${ctrlC}` }], 130],
    ['Ctrl-backslash', [confirmed, { until: 'DB_PASSWORD', type: '\u001C' }], 130],
    ...signals.map((name): [string, readonly Step[], number] => [
      `${name} at a value`,
      [confirmed, { until: 'DB_PASSWORD', type: password, signal: constants.signals[name] }],
      130,
    ]),
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
    expect(secrets().isThere(`pty/${what.replaceAll(' ', '-')}`)).toBe(false);
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
