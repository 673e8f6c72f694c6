import { spawn, spawnSync } from 'node:child_process';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localSecrets, type LocalSecrets } from './local-secrets.ts';
import { command, environmentOf } from './run-keyturn.ts';
import { storedSecret } from './stored-secret.ts';

const driver = fileURLToPath(new URL('type_on_terminal.py', import.meta.url));
const hasTerminals =
  spawnSync('python3', ['-c', 'import pty, termios, os; os.waitstatus_to_exitcode']).status === 0;

/** How the prompt of bash begins by default. */
const prompt = 'bash-';
const [ctrlC, ctrlZ] = ['\u0003', '\u001A'];

/** Needs Python 3.9 or newer, whose pty module is a real terminal; Windows has none. */
describe.skipIf(!hasTerminals)('exec on a terminal (skipped without python3 and pty)', () => {
  let secrets: LocalSecrets;
  let name: string;
  beforeAll(async () => {
    secrets = await localSecrets();
    ({ name } = await storedSecret(secrets, { KEY: 'one' }));
  });
  afterAll(() => secrets.close());

  async function onTerminal(argv: readonly string[], steps: readonly object[]) {
    const env = environmentOf({ ...secrets, env: { KEYTURN_SECRET_ID: name, PS1: undefined } });
    const child = spawn('python3', [driver], { env, stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.end(JSON.stringify({ argv, steps }));
    return json(child.stdout);
  }

  const ways = [[], ['--watch'], ['--redact']].map((options) => ({ options }));

  test.each(ways)('Ctrl-C reaches the program once: $options', async ({ options }) => {
    const script = `
      trap 'count=$((count + 1)); echo "heard $count"' INT; echo ready
      until read -r line; do :; done; echo "got $line"; exit 9`;

    const observed = await onTerminal(
      [process.execPath, command, 'exec', ...options, '--', 'bash', '-c', script],
      [
        { until: 'ready', type: ctrlC },
        { until: 'heard 1', type: 'a line\r' },
        { until: 'got a line', type: '' },
      ],
    );

    const screen: unknown = expect.not.stringContaining('heard 2');
    expect(observed).toMatchObject({ exitCode: 9, left: 0, screen });
  });

  test.each(ways.slice(1))(
    'kill -INT reaches it in the background: $options',
    async ({ options }) => {
      const script = 'trap "echo heard; exit 9" INT; echo ready; while :; do sleep 0.05; done';
      const argv = [process.execPath, command, 'exec', ...options, '--', 'bash', '-c', script];
      const line = argv.map((each) => `'${each}'`).join(' ');

      const observed = await onTerminal(
        ['bash', '--norc', '-i'],
        [
          { until: prompt, type: `${line} & \r` },
          { until: 'ready\r\n', type: 'kill -INT $!\r' },
          { until: 'heard\r\n', type: 'wait $!\rexit 3\r' },
        ],
      );

      expect(observed).toMatchObject({ exitCode: 3, left: 0 });
    },
  );

  test.each(ways)('Ctrl-Z stops it, and fg goes on: $options', async ({ options }) => {
    const script = 'echo ready; read -r line; echo "got $line"';
    const argv = [process.execPath, command, 'exec', ...options, '--', 'sh', '-c', script];
    const line = argv.map((each) => `'${each}'`).join(' ');

    const observed = await onTerminal(
      ['bash', '--norc', '-i'],
      [
        { until: prompt, type: `${line}\r` },
        { until: 'ready\r\n', type: ctrlZ },
        { until: prompt, type: 'fg\r' },
        { until: line.slice(-20), type: 'a line\r' },
        { until: 'got a line', type: 'exit 3\r' },
      ],
    );

    expect(observed).toMatchObject({ exitCode: 3, left: 0 });
  });
});
