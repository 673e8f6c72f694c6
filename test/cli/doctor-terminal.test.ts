import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalSecrets, localSecrets } from './local-secrets.ts';
import { hasTerminals, onTerminal } from './on-terminal.ts';

const name = 'shop/production';
/** It would make a terminal turn red, and the line after it look like one of the command's. */
const hostile = 'KEY\u001B[31m\n  ✓ ok: All is well.';

let secrets: LocalSecrets;
let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'doctor-'));
  secrets = await localSecrets();
  secrets.manager.createSecret({ name, secretString: JSON.stringify({ [hostile]: 7 }) });
});
afterAll(async () => {
  await secrets.close();
  await rm(home, { recursive: true });
});

/** What a terminal with colours shows, wherever this runs: Node has none for what it takes for a CI. */
async function screenWith(env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const terminal = { TERM: 'xterm-256color', CI: undefined, NO_COLOR: undefined, HOME: home };
  const stack = { ...secrets, env: { ...terminal, ...env } };
  const outcome = await onTerminal(stack, { args: ['doctor', name], steps: [] });
  expect(outcome.exitCode, outcome.screen).toBe(1);
  return outcome.screen;
}

describe.skipIf(!hasTerminals)('on a real terminal (skipped without python3 and pty)', () => {
  test('verdicts are coloured, and a name of the secret colours nothing', async () => {
    const screen = await screenWith({});

    expect(screen).toContain('  \u001B[32m✓ ok\u001B[39m: ');
    expect(screen).toContain('  \u001B[31m✗ problem\u001B[39m: ');
    expect(screen).toContain('KEY\\u001b[31m\\n  ✓ ok: All is well.');
    expect(screen).not.toContain('KEY\u001B');
    expect(screen).not.toMatch(/\\u001b\[3[29]m/);
  });

  test('there are no colours where NO_COLOR is set', async () => {
    const screen = await screenWith({ NO_COLOR: '1' });

    expect(screen).toContain('  ✓ ok: ');
    expect(screen).not.toContain('\u001B');
  });
});
