import { afterEach, describe, expect, test } from 'vitest';
import { production } from '../../src/local/stack/environments.ts';
import { confirmed, ctrlC, hasTerminals, onTerminal, type Step } from './on-terminal.ts';
import { useRotateRig } from './rotate-rig.ts';

const showCursor = '\u001B[?25h';

/** A terminal of the driver's has no size until it is told one. */
const sized = ['sh', '-c', 'stty cols 100 rows 40; exec "$@"', 'sh'];

describe.skipIf(!hasTerminals)('on a real terminal (skipped without python3 and pty)', () => {
  const rig = useRotateRig();
  const stack = () => rig.rig().stack;

  afterEach(async () => {
    stack().twilio.behaviour.fault = () => undefined;
    stack().secretsManager.behaviour.retryAttempts = 3;
    await stack().secretsManager.idle();
  });

  async function rotate(steps: readonly Step[], ...args: string[]) {
    rig.learn();
    rig.between.asked.length = 0;
    // CI is where nobody looks at a list that moves.
    const terminal = { ...rig.endpoint(), env: { TERM: 'xterm', CI: undefined } };
    const given = ['rotate', production.secretName, ...args];
    const outcome = await onTerminal(terminal, { args: given, steps, before: sized });
    rig.keep(outcome.screen + outcome.visible);
    rig.learn();
    return outcome;
  }

  test('asks, shows a list that moves, and says how it ended', async () => {
    const { exitCode, screen } = await rotate([confirmed]);

    expect(exitCode).toBe(0);
    expect(screen).toContain('Rotate it now? [y/N]');
    expect(screen).toMatch(/✔.*finishSecret, \d+ ms/);
    expect(screen).toMatch(/switch DB_PASSWORD: done, \d+ ms/);
    expect(screen).toContain(`${rig.versionAt('AWSCURRENT')} is current`);
    expect(screen.lastIndexOf(showCursor)).toBeGreaterThan(screen.lastIndexOf('\u001B[?25l'));
  });

  test('shows each attempt as a list of its own', async () => {
    stack().twilio.behaviour.fault = () => 'unavailable';
    const stop = stack().secretsManager.onEvent(({ type }) => {
      if (type === 'StepFailed') stack().twilio.behaviour.fault = () => undefined;
    });

    const { exitCode, screen } = await rotate([], '--yes');

    stop();
    expect(exitCode).toBe(0);
    expect(screen).toContain('This rotation ends a grace that still ran.');
    expect(screen).toMatch(/✖.*createSecret \[UNREACHABLE\]/);
    expect(screen).toMatch(/✔.*createSecret \(attempt 2\), \d+ ms/);
  });

  test.each([
    ['no', 'n\r', 1, '[DECLINED]'],
    ['Ctrl-C', ctrlC, 130, '[INTERRUPTED]'],
  ])('begins nothing at %s', async (_what, type, expected, code) => {
    const before = rig.versionAt('AWSCURRENT');

    const { exitCode, screen } = await rotate([{ until: '[y/N]', type }]);

    expect(exitCode).toBe(expected);
    expect(screen).toContain(code);
    expect(screen).toContain('Nothing was changed.');
    expect(rig.between.asked).not.toContain('RotateSecret');
    expect(rig.versionAt('AWSCURRENT')).toBe(before);
  });

  test('Ctrl-C while it rotates ends the watching alone, and says so', async () => {
    stack().secretsManager.behaviour.retryAttempts = 0;
    stack().twilio.behaviour.fault = () => 'unavailable';

    const { exitCode, screen } = await rotate([
      confirmed,
      { until: 'createSecret [UNREACHABLE]', type: ctrlC },
    ]);

    expect(exitCode).toBe(130);
    expect(screen).toMatch(/rotation of reminder-app\/production\s+goes on at AWS/);
    expect(screen).toContain('keyturn status');
    expect(screen).toContain('[INTERRUPTED]');
    expect(screen).not.toContain('    at ');
    expect(screen.lastIndexOf(showCursor)).toBeGreaterThan(screen.lastIndexOf('\u001B[?25l'));
    expect(rig.versionAt('AWSPENDING')).not.toBe(rig.versionAt('AWSCURRENT'));

    stack().twilio.behaviour.fault = () => undefined;
    expect((await rig.rotate('--yes')).exitCode).toBe(0);
  });
});
