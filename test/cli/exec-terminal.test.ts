import { beforeAll, describe, expect, test } from 'vitest';
import { ctrlC, hasTerminals, onTerminal, programOnTerminal } from './on-terminal.ts';
import { command } from './run-keyturn.ts';
import { storedSecret } from './stored-secret.ts';
import { useLocalSecrets } from './use-local-secrets.ts';

/** How the prompt of bash begins by default. */
const prompt = 'bash-';
const shell = ['bash', '--norc', '-i'];
const ctrlZ = '\u001A';

/** What starts the command in a shell. */
const lineFor = (args: readonly string[]) =>
  [process.execPath, command, 'exec', ...args].map((each) => `'${each}'`).join(' ');

describe.skipIf(!hasTerminals)('exec on a terminal (skipped without python3 and pty)', () => {
  const secrets = useLocalSecrets();
  let name: string;
  beforeAll(async () => {
    ({ name } = await storedSecret(secrets(), { KEY: 'one' }));
  });

  const stack = () => ({ ...secrets(), env: { KEYTURN_SECRET_ID: name, PS1: undefined } });

  const ways = [[], ['--watch'], ['--redact']].map((options) => ({ options }));

  test.each(ways)('Ctrl-C reaches the program once: $options', async ({ options }) => {
    const script = `
      trap 'count=$((count + 1)); echo "heard $count"' INT; echo ready
      until read -r line; do :; done; echo "got $line"; exit 9`;

    const { exitCode, screen } = await onTerminal(stack(), {
      args: ['exec', ...options, '--', 'bash', '-c', script],
      steps: [
        { until: 'ready', type: ctrlC },
        { until: 'heard 1', type: 'a line\r' },
        { until: 'got a line', type: '' },
      ],
    });

    expect(exitCode).toBe(9);
    expect(screen).not.toContain('heard 2');
  });

  test.each(ways.slice(1))(
    'kill -INT reaches it in the background: $options',
    async ({ options }) => {
      const script = 'trap "echo heard; exit 9" INT; echo ready; while :; do sleep 0.05; done';
      const line = lineFor([...options, '--', 'bash', '-c', script]);

      const { exitCode } = await programOnTerminal(stack(), shell, [
        { until: prompt, type: `${line} & \r` },
        { until: 'ready\r\n', type: 'kill -INT $!\r' },
        { until: 'heard\r\n', type: 'wait $!\rexit 3\r' },
      ]);

      expect(exitCode).toBe(3);
    },
  );

  test.each(ways)('Ctrl-Z stops it, and fg goes on: $options', async ({ options }) => {
    const script = 'echo ready; read -r line; echo "got $line"';
    const line = lineFor([...options, '--', 'sh', '-c', script]);

    const { exitCode } = await programOnTerminal(stack(), shell, [
      { until: prompt, type: `${line}\r` },
      { until: 'ready\r\n', type: ctrlZ },
      { until: prompt, type: 'fg\r' },
      { until: line.slice(-20), type: 'a line\r' },
      { until: 'got a line', type: 'exit 3\r' },
    ]);

    expect(exitCode).toBe(3);
  });
});
