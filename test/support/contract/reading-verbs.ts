import { expect, test } from 'vitest';
import type { Credential } from '../../../src/rotation/rotator.ts';
import { expectTold } from '../expect-told.ts';
import { Gate } from '../gate.ts';
import { atEachCall } from './at-each-call.ts';
import { rotating } from './acts.ts';
import type { Fixture, System } from './fixture.ts';
import { attempt, must, type Run } from './invoke.ts';
import { inSystem, testOf } from './test-of.ts';

const probe =
  (credential: Credential): Run<string> =>
  (rotator, call) =>
    rotator.probe({ ...call, credential });

const check =
  (current: Credential): Run<void> =>
  (rotator, call) =>
    rotator.check({ ...call, current });

/** The verbs that only read: `probe` and `check`. */
export function describeReading<S extends System>(fixture: Fixture<S>): void {
  const refusing = testOf(fixture, 'refusal of a credential');
  const outside = testOf(fixture, 'calls outside');

  test('probe accepts the credential in use, and changes nothing', () =>
    inSystem(fixture, async (system) => {
      const before = await system.state();

      expect(await must(system, probe(system.current))).toBe('accepted');
      expect(await system.state()).toEqual(before);
    }));

  refusing('probe rejects a credential that the system refuses, and changes nothing', () =>
    inSystem(fixture, async (system) => {
      const before = await system.state();

      expect(await must(system, probe(system.wrong))).toBe('rejected');
      expect(await system.state()).toEqual(before);
      expect(await system.works(system.current)).toBe(true);
    }),
  );

  outside('probe gives no verdict when the system cannot be reached', () =>
    inSystem(fixture, async (system) => {
      for (const credential of [system.current, system.wrong]) {
        const outcome = await attempt(system, probe(credential), Gate.cut());

        expectTold(outcome.error, { code: 'UNREACHABLE' });
      }
    }),
  );

  outside.each(['never-sent', 'answer-lost'] as const)(
    'probe never takes a broken connection for a rejection (%s)',
    async (fault) => {
      const failed = await atEachCall(fixture, fault, async (system, gate) => {
        const outcome = await attempt(system, probe(system.current), gate);

        if (outcome.error) expect(outcome.error.retryable).toBe(true);
        else expect(outcome.result).toBe('accepted');
      });
      expect(failed.length).toBeGreaterThan(0);
    },
  );

  test('check passes on a healthy set-up, and changes nothing', () =>
    inSystem(fixture, async (system) => {
      const before = await system.state();

      await must(system, check(system.current));

      expect(await system.state()).toEqual(before);
    }));

  test('check passes in the middle of a rotation, which another invocation may have begun', () =>
    inSystem(fixture, async (system) => {
      await rotating(system);

      const { error } = await attempt(system, check(system.current));

      expect(error).toBeUndefined();
    }));

  refusing('check refuses a current credential that the system refuses', () =>
    inSystem(fixture, async (system) => {
      const outcome = await attempt(system, check(system.wrong));

      expectTold(outcome.error, { code: 'CURRENT_REJECTED' });
    }),
  );

  for (const [problem, arrange] of Object.entries(fixture.sick)) {
    test(`check refuses a set-up that could not be rotated: ${problem}`, () =>
      inSystem(fixture, async (system) => {
        const current = (await arrange(system)) ?? system.current;
        const before = await system.state();

        const outcome = await attempt(system, check(current));

        expect(outcome.error).toBeDefined();
        expect(await system.state()).toEqual(before);
      }));
  }

  outside.each(['never-sent', 'answer-lost'] as const)(
    'check fails in a way that is tried again when a connection breaks (%s)',
    async (fault) => {
      const failed = await atEachCall(fixture, fault, async (system, gate) => {
        const { error } = await attempt(system, check(system.current), gate);

        if (error) expect(error.retryable).toBe(true);
      });
      expect(failed.length).toBeGreaterThan(0);
    },
  );
}
