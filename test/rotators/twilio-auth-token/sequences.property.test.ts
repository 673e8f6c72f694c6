import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Gate } from '../../support/gate.ts';
import { buildTwilio } from '../../support/twilio-system.ts';
import { tokenOf, verbsOn } from './support.ts';

/** One invocation of the protocol. `settles`: it pays what is owed before it makes a token. */
const step = fc.record({
  does: fc.constantFrom('create', 'commit', 'revoke', 'undo', 'discard'),
  settles: fc.boolean(),
  isStored: fc.boolean(),
  fault: fc.option(
    fc.record({
      at: fc.integer({ min: 1, max: 8 }),
      fault: fc.constantFrom('never-sent', 'answer-lost', 'dies-before', 'dies-after'),
    }),
    { nil: undefined },
  ),
});

const behaviour = fc.record({
  accountTokenShownToSecondary: fc.constantFrom('primary', 'own', 'none'),
  whoMayPromote: fc.constantFrom('both', 'primary', 'secondary'),
  whoMayDeleteSecondary: fc.constantFrom('both', 'primary', 'secondary'),
});

interface Version {
  readonly token: string;
  /** The order in which versions are made. */
  readonly number: number;
}

test(
  'whatever is made, lost, committed, undone and revoked, the token under AWSCURRENT works',
  () =>
    fc.assert(
      fc.asyncProperty(behaviour, fc.array(step, { maxLength: 14 }), async (chosen, steps) => {
        const system = await buildTwilio(chosen);
        const { create, revoke, install, alive } = verbsOn(system);
        let number = 0;
        let current: Version = { token: tokenOf(system.current), number };
        let previous: Version | undefined;
        let pending: Version | undefined;
        const end = (victim: Version, gate?: Gate) => {
          const newer = victim.number > current.number ? 'victim' : 'keep';
          return revoke({ victim: victim.token, keep: current.token, newer }, gate);
        };

        try {
          for (const { does, settles, isStored, fault } of steps) {
            const gate = new Gate(fault);
            if (does === 'create') {
              const settled = settles && previous ? (await end(previous)).error : undefined;
              const made = settled ? undefined : await create(current.token, previous?.token, gate);
              if (made?.result && isStored) {
                pending = { token: made.result, number: (number += 1) };
              }
            }
            if (does === 'commit' && pending) {
              const { error } = await install(pending.token, current.token, gate);
              if (!error) [previous, current, pending] = [current, pending, undefined];
            }
            if (does === 'undo' && previous) {
              const { error } = await install(previous.token, current.token, gate);
              if (!error) [previous, current] = [current, previous];
            }
            if (does === 'revoke' && previous) await end(previous, gate);
            if (does === 'discard' && pending) await end(pending, gate);

            expect(await alive(current.token)).toBe(true);
          }
        } finally {
          await system.close();
        }
      }),
      { numRuns: 80 },
    ),
  60_000,
);
