import { describe, expect, test } from 'vitest';
import { expectSilent } from '../support/expect-told.ts';
import { adminPassword, fresh, type Names, useAlternatingRig } from './init-alternating-rig.ts';
import { confirmed, ctrlC, hasTerminals, onTerminal, type Step } from './on-terminal.ts';

const { actsAs, argsFor, passwords, rolesOf, secrets } = useAlternatingRig();

const typing = (names: Names, steps: readonly Step[]) => {
  const args = argsFor(names).filter(
    (arg) => !['--yes', '--admin-secret', 'shop/admin'].includes(arg),
  );
  return onTerminal(secrets(), {
    args: ['init', 'postgres-alternating', ...args, '--admin', 'shop_admin'],
    steps,
  });
};

/** Needs Python 3.9 or newer, whose pty module is a real terminal; Windows has none. */
describe.skipIf(!hasTerminals)('on a real terminal (skipped without python3 and pty)', () => {
  test('asks first, and for the password of the administrator, which it does not show', async () => {
    const names = fresh();

    const { exitCode, screen, echo } = await typing(names, [
      confirmed,
      { until: 'Password of shop_admin', type: `${adminPassword}\r` },
    ]);

    expect([exitCode, echo]).toEqual([0, true]);
    expectSilent(screen, passwords());
    expect(await actsAs(names.secret)).toBe(names.owner);
  });

  test.each([
    ['a no', [{ until: '[y/N]', type: 'n\r' }], 1],
    ['Ctrl-C at the first question', [{ until: '[y/N]', type: ctrlC }], 130],
    ['Ctrl-C at the password', [confirmed, { until: 'Password of', type: ctrlC }], 130],
  ] as const)('changes nothing after %s', async (_, answers, expected) => {
    const names = fresh();

    const { exitCode } = await typing(names, answers);

    expect(exitCode).toBe(expected);
    expect([await rolesOf(names), secrets().isThere(names.secret)]).toEqual([[], false]);
  });
});
