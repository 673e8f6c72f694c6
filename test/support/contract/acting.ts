import { expect, test } from 'vitest';
import { RotationError } from '../../../src/rotation/errors.ts';
import { atEachCall } from './at-each-call.ts';
import { type Act, actNamed, acts, type Rotating, rotating } from './acts.ts';
import { expectDone, expectKept } from './expect-state.ts';
import type { Fixture, System } from './fixture.ts';
import { attempt, must, untilDone } from './invoke.ts';
import { inSystem, testOf } from './test-of.ts';

/** `install`, `switch` and `revoke`: once, twice, at once, and after a crash; in both directions. */
export function describeActing<S extends System>(fixture: Fixture<S>, isSingle: boolean): void {
  const applying = acts.filter(({ singleOnly }) => isSingle || !singleOnly);
  for (const act of applying) describeAct(fixture, act);

  test('install leaves the system as it is where another rotation took the place of this one', () =>
    inSystem(fixture, async (system) => {
      const { current, next } = await rotating(system);
      const before = await system.state();

      const { error } = await attempt(system, (rotator, call) =>
        rotator.install({ ...call, next, current, stillPending: overtaken }),
      );

      expect([undefined, 'TOKEN_NOT_PENDING']).toContain(error?.code);
      expect(await system.state()).toEqual(before);
    }));
}

const overtaken = () =>
  Promise.reject(
    new RotationError('TOKEN_NOT_PENDING', 'Another rotation took its place. Start a new one.'),
  );

function describeAct<S extends System>(fixture: Fixture<S>, act: Act): void {
  const outside = testOf(fixture, 'calls outside');
  const arranged = async (system: S): Promise<Rotating> => {
    const rotation = await rotating(system);
    await act.arrange(rotation);
    return rotation;
  };

  test(`${act.title}: does what it promises`, () =>
    inSystem(fixture, async (system) => {
      const rotation = await arranged(system);

      const { error } = await attempt(system, act.run(rotation));

      expect(error).toBeUndefined();
      await expectDone(fixture, act, rotation);
    }));

  test(`${act.title}: changes nothing the second time`, () =>
    inSystem(fixture, async (system) => {
      const rotation = await arranged(system);
      await must(system, act.run(rotation));
      await system.settled();
      const before = await system.state();

      await must(system, act.run(rotation));

      await expectDone(fixture, act, rotation);
      expect(await system.state()).toEqual(before);
    }));

  outside(`${act.title}: two at once end as one does`, async () => {
    await atEachCall(fixture, 'waits', async (system, gate) => {
      const rotation = await arranged(system);
      const slow = attempt(system, act.run(rotation), gate);
      await Promise.race([gate.reached, slow]);
      const quick = await attempt(system, act.run(rotation));
      gate.resume();

      for (const { error } of [quick, await slow]) if (error) expect(error.retryable).toBe(true);
      await expectKept(act, rotation);
      await untilDone(system, act.run(rotation));
      await expectDone(fixture, act, rotation);
    });
  });

  outside.each(['never-sent', 'answer-lost', 'dies-before', 'dies-after'] as const)(
    `${act.title}: is finished by the next call after it broke off anywhere (%s)`,
    async (fault) => {
      await atEachCall(fixture, fault, async (system, gate) => {
        const rotation = await arranged(system);
        const { error } = await attempt(system, act.run(rotation), gate);
        if (error) expect(error.retryable).toBe(true);
        await expectKept(act, rotation);

        await untilDone(system, act.run(rotation));

        await expectDone(fixture, act, rotation);
      });
    },
  );

  const back = act.takenBackBy && actNamed(act.takenBackBy);
  if (!back) return;
  outside.each(['dies-before', 'dies-after'] as const)(
    `${act.title}: is taken back after it broke off anywhere (%s)`,
    async (fault) => {
      await atEachCall(fixture, fault, async (system, gate) => {
        const rotation = await arranged(system);
        await attempt(system, act.run(rotation), gate);

        await untilDone(system, back.run(rotation));

        await expectDone(fixture, back, rotation);
      });
    },
  );
}
