import { expect, test } from 'vitest';
import type { Credential } from '../../../src/rotation/rotator.ts';
import { atEachCall } from './at-each-call.ts';
import { rotating } from './acts.ts';
import type { Fixture, System } from './fixture.ts';
import { attempt, must, untilDone, type Run } from './invoke.ts';
import { inSystem, testOf } from './test-of.ts';
import { anyVersion, stillPending } from '../calling.ts';

const create =
  ({ current }: System): Run<Credential> =>
  (rotator, call) =>
    rotator.create({ ...call, current, superseded: async () => undefined, version: anyVersion });

/** `create`: new values, and nothing that works stops working. */
export function describeCreating<S extends System>(fixture: Fixture<S>): void {
  const outside = testOf(fixture, 'calls outside');
  const breaking = fixture.notApplicable?.['calls of create'] ? test.skip : outside;

  test('create answers new values for keys it may change, and the current credential works on', () =>
    inSystem(fixture, async (system) => {
      const [made, changes, key] = await must(system, async (rotator, call) => [
        await create(system)(rotator, call),
        rotator.changes,
        rotator.key,
      ]);

      expect(changes).toEqual(expect.arrayContaining(Object.keys(made)));
      expect(made[key]).toEqual(expect.any(String));
      expect(made[key]).not.toBe(system.current[key]);
      expect(await system.works(system.current)).toBe(true);
    }));

  test('create never makes the same value twice', () =>
    inSystem(fixture, async (system) => {
      const key = await must(system, async (rotator) => rotator.key);
      const made = [
        (await must(system, create(system)))[key],
        (await untilDone(system, create(system)))[key],
      ];

      expect(new Set(made).size).toBe(2);
      expect(await system.works(system.current)).toBe(true);
    }));

  breaking.each(['never-sent', 'answer-lost', 'dies-before', 'dies-after'] as const)(
    'create is recovered from after it broke off at any call (%s)',
    async (fault) => {
      const failed = await atEachCall(fixture, fault, async (system, gate) => {
        const first = await attempt(system, create(system), gate);
        expect(await system.works(system.current)).toBe(true);
        if (first.error) expect(first.error.retryable).toBe(true);

        const { current, next } = await rotatingAgain(system);

        expect(await system.works(current)).toBe(true);
        await must(system, (rotator, call) =>
          rotator.install({ ...call, next, current, stillPending }),
        );
      });
      expect(failed.length).toBeGreaterThan(0);
    },
  );

  outside('two that create at once leave the current credential alone', async () => {
    await atEachCall(fixture, 'waits', async (system, gate) => {
      const slow = attempt(system, create(system), gate);
      await Promise.race([gate.reached, slow]);
      await attempt(system, create(system));
      gate.resume();
      await slow;

      expect(await system.works(system.current)).toBe(true);
    });
  });
}

async function rotatingAgain(system: System) {
  const made = await untilDone(system, create(system));
  return { current: system.current, next: { ...system.current, ...made } };
}

/** The keys of a rotator are part of its contract too. */
export function describeDeclaration<S extends System>(fixture: Fixture<S>): void {
  test('declares its key, its times, and nothing optional that it neither changes nor reads', () =>
    inSystem(fixture, async (system) => {
      const { next } = await rotating(system);
      await must(system, async (rotator) => {
        expect(rotator.changes[0]).toBe(rotator.key);
        expect([...rotator.changes, ...rotator.reads]).toEqual(
          expect.arrayContaining([...rotator.optional, ...Object.keys(next)]),
        );
        expect(rotator.graceMs).toBeGreaterThanOrEqual(0);
        expect(rotator.switchBudgetMs > 0).toBe(rotator.switch !== undefined);
      });
    }));
}
