import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { expectSilent } from '../support/expect-told.ts';
import { hasTerminals, onTerminal } from './on-terminal.ts';
import { localSecrets, refusing } from './local-secrets.ts';
import { startKeyturn } from './start-keyturn.ts';
import { startStatusRig, type StatusRig } from './status-rig.ts';

const token = 'b'.repeat(32);

let rig: StatusRig;
beforeAll(async () => {
  rig = await startStatusRig();
  await rig.rotate();
});
afterAll(() => rig.stop());

/** What the command itself asked of Secrets Manager. */
const looks = () =>
  rig.stack.secretsManager.calls.filter(
    ({ operation, userAgent }) =>
      operation === 'DescribeSecret' && !userAgent.includes('keyturn-production'),
  ).length;

async function looksAgain(times: number): Promise<void> {
  const before = looks();
  await vi.waitFor(() => expect(looks()).toBeGreaterThanOrEqual(before + times), {
    timeout: 20_000,
  });
}

describe('where the output is no terminal', () => {
  test('with --json each change is a line; the systems are asked when the labels change', async () => {
    const running = startKeyturn(rig.stack, 'status', rig.secretName, '--watch=1', '--json');
    await running.said(/"state":"works","findings":\[\]/);
    const asked = rig.inspections().length;
    await looksAgain(2);
    expect(rig.inspections()).toHaveLength(asked);

    rig.begin(token);
    await running.said(/"finding":"rotation-under-way"/);
    expect(rig.inspections().length).toBeGreaterThan(asked);
    await rig.takeOff('AWSPENDING', token);
    await looksAgain(3);
    running.child.kill('SIGINT');
    const { exitCode, stdout, stderr } = await running.ended();

    expect(exitCode).toBe(130);
    expectSilent(stdout + stderr, rig.values());
    const documents = stdout.trimEnd().split('\n').map(parsed);
    expect(documents.map(({ outcome }) => outcome)).toEqual(['works', 'works', 'works', 'failed']);
    expect(documents.at(-1)).toMatchObject({ code: 'INTERRUPTED' });
  });

  test('without it each change is a block', async () => {
    const running = startKeyturn(rig.stack, 'status', '--watch', rig.secretName);
    await running.said(/works; rotated/);
    await looksAgain(2);
    rig.begin(token);
    await running.said(/A rotation is under way/);
    await rig.takeOff('AWSPENDING', token);
    running.child.kill('SIGTERM');
    const { exitCode, stdout } = await running.ended();

    expect(exitCode).toBe(130);
    expect(stdout).not.toMatch(/[^\P{Cc}\n]/u);
    expect(stdout.match(/works; rotated/g)?.length).toBeLessThanOrEqual(3);
  });

  test('a look that fails is told, and it goes on', async () => {
    const secrets = await localSecrets();
    secrets.manager.createSecret({ name: 'shop/watched', secretString: '{"A":"b"}' });
    const running = startKeyturn(secrets, 'status', 'shop/watched', '--watch=1', '--json');
    await running.said(/"finding":"not-rotated"/);
    secrets.interference.before = () => refusing('AccessDeniedException', 'Not now.');
    await running.said(/"code":"ACCESS_DENIED"/);
    secrets.calm();
    await running.said(/ACCESS_DENIED.*\n.*"finding":"not-rotated"/);
    running.child.kill('SIGINT');

    expect((await running.ended()).exitCode).toBe(130);
    await secrets.close();
  });

  test('it ends at once while a look is under way', async () => {
    const secrets = await localSecrets();
    const { promise, resolve } = Promise.withResolvers<void>();
    secrets.interference.until = promise;
    const running = startKeyturn(secrets, 'status', 'shop/watched', '--watch');
    await vi.waitFor(() => expect(secrets.held()).toBe(1), { timeout: 20_000 });
    running.child.kill('SIGINT');

    const { exitCode, stderr } = await running.ended();
    expect(exitCode).toBe(130);
    expect(stderr).toContain('[INTERRUPTED]');
    resolve();
    await secrets.close();
  });
});

describe.skipIf(!hasTerminals)('on a real terminal (skipped without python3 and pty)', () => {
  test('it is drawn in place, with colours', async () => {
    const screen = await watched(inColour);

    const [, ...drawn] = screen.split('\u001B[1;1H\u001B[0J');
    expect(drawn.length).toBeGreaterThanOrEqual(2);
    expect(drawn.every((each) => each.startsWith(`${rig.secretName} \u001B[32mworks`))).toBe(true);
  });

  test('it is drawn without colours where NO_COLOR is set', async () => {
    const screen = await watched({ TERM: 'xterm-256color', NO_COLOR: '1' });

    expect(screen).toContain(`${rig.secretName} works; rotated`);
    expect(screen.split('\u001B[').filter((part) => /^\d+m/.test(part))).toEqual([]);
  });

  test('what is too long for it is cut off, and that is said', async () => {
    const small = ['sh', '-c', 'stty rows 9 cols 80; exec "$@"', 'sh'];
    const args = ['status', rig.secretName, '--watch=1'];
    const steps = [{ until: 'lines more', type: '\u0003' }];
    const { screen } = await onTerminal(rig.stack, { args, steps, before: small });

    expect(screen).toContain('Rotation  on');
    expect(screen).not.toContain('│ Ends');
  });

  test('once is enough without --watch: colours, and nothing is cleared', async () => {
    const { screen, exitCode } = await onTerminal(
      { ...rig.stack, env: inColour },
      { args: ['status', rig.secretName], steps: [] },
    );

    expect(exitCode).toBe(0);
    expect(screen).toContain('\u001B[32maccepted\u001B[39m');
    expect(screen).not.toContain('\u001B[0J');
  });
});

/** A terminal with colours, wherever this runs: Node has none for what it takes for a CI. */
const inColour = { TERM: 'xterm-256color', CI: undefined, NO_COLOR: undefined };

const parsed = (line: string): Record<string, unknown> => JSON.parse(line);

/** Two looks on a terminal, and Ctrl-C. */
async function watched(env: Record<string, string | undefined>): Promise<string> {
  const args = ['status', rig.secretName, '--watch=1'];
  const steps = [
    { until: 'Ctrl-C ends it', type: '' },
    { until: 'Ctrl-C ends it', type: '\u0003' },
  ];
  const outcome = await onTerminal({ ...rig.stack, env }, { args, steps });
  expect(outcome).toMatchObject({ exitCode: 130, left: 0, echo: true });
  expectSilent(outcome.screen, rig.values());
  return outcome.screen;
}
