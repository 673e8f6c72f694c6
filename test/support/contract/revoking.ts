import { expect, test } from 'vitest';
import type { Credential } from '../../../src/rotation/rotator.ts';
import { actNamed, rotating } from './acts.ts';
import type { Fixture, System } from './fixture.ts';
import { attempt, must, type Run, untilDone } from './invoke.ts';
import { inSystem, testOf } from './test-of.ts';

interface Pair {
  readonly victim: Credential;
  readonly keep: Credential;
  readonly newer: 'victim' | 'keep';
}

const revoke =
  (pair: Pair): Run<void> =>
  (rotator, call) =>
    rotator.revoke({ ...call, ...pair });

const committing = [
  'install, on the way to a commit',
  'switch, to commit',
  'revoke, after a commit',
];

/** `revoke` names its victim by value, and never harms what is to stay. */
export function describeRevoking<S extends System>(fixture: Fixture<S>): void {
  const refusing = testOf(fixture, 'refusal of a credential');
  const ambiguous = testOf(fixture, 'ambiguous revocation');

  test.each(['victim', 'keep'] as const)(
    'revoke does nothing when both are the same (%s newer)',
    (newer) =>
      inSystem(fixture, async (system) => {
        const { current } = await rotating(system);
        const before = await system.state();

        await must(system, revoke({ victim: current, keep: { ...current }, newer }));

        expect(await system.state()).toEqual(before);
      }),
  );

  refusing.each(['victim', 'keep'] as const)(
    'revoke does nothing when the victim is dead already (%s newer)',
    (newer) =>
      inSystem(fixture, async (system) => {
        const { current, next } = await rotating(system);
        const before = await system.state();

        await must(system, revoke({ victim: system.wrong, keep: current, newer }));

        expect(await system.state()).toEqual(before);
        const alive = await system.works(next);
        expect([await system.works(current), alive]).toEqual([true, alive]);
      }),
  );

  test('revoke has nothing to do where the victim lacks the keys: they were added later', () =>
    inSystem(fixture, async (system) => {
      const changes = await must(system, async (rotator) => rotator.changes);
      const victim = Object.fromEntries(
        Object.entries(system.current).filter(([key]) => !changes.includes(key)),
      );
      const before = await system.state();

      await must(system, revoke({ victim, keep: system.current, newer: 'keep' }));

      expect(await system.state()).toEqual(before);
    }));

  const nonsense = [
    ['a text that no system takes', 'no credential\0'],
    ['a number', 7],
    ['an object', {}],
  ] as const;

  test.each(nonsense)('revoke has nothing to do where the victim is %s', (_, value) =>
    inSystem(fixture, async (system) => {
      const victim = Object.fromEntries(Object.keys(system.current).map((key) => [key, value]));
      const before = await system.state();

      await must(system, revoke({ victim, keep: system.current, newer: 'victim' }));

      expect(await system.state()).toEqual(before);
    }),
  );

  test.each(nonsense)('revoke does not fail where one key of the victim is %s', (_, value) =>
    inSystem(fixture, async (system) => {
      const { current, next } = await rotating(system);
      for (const key of Object.keys(current)) {
        const victim = { ...next, [key]: value };
        await must(system, revoke({ victim, keep: current, newer: 'victim' }));
      }
      await system.settled();

      expect(await system.works(current)).toBe(true);
    }),
  );

  test.each([
    ['the other way round, once the victim is dead', true],
    ['before anything was installed or switched', false],
  ])('revoke leaves one that works, called %s', (_, isCommitted) =>
    inSystem(fixture, async (system) => {
      const rotation = await rotating(system);
      const { current, next } = rotation;
      const steps = isCommitted ? committing : [];
      for (const title of steps) await untilDone(system, actNamed(title).run(rotation));

      const working = isCommitted ? next : current;
      await attempt(system, revoke({ victim: next, keep: current, newer: 'victim' }));
      await system.settled();

      expect(await system.works(working)).toBe(true);
    }),
  );

  ambiguous('revoke refuses, and harms neither, when it cannot prove which is which', () =>
    inSystem(fixture, async (system) => {
      const { next } = await rotating(system);
      const pair = await fixture.ambiguity?.(system, next);
      if (!pair) throw new Error('The fixture arranges no ambiguity.');
      const before = await system.state();

      const { error } = await attempt(system, revoke(pair));

      expect(error?.retryable).toBe(false);
      expect(await system.state()).toEqual(before);
    }),
  );
}
