import { expect } from 'vitest';
import { expectTold } from '../expect-told.ts';
import { Gate } from '../gate.ts';
import { acts, rotating, type Rotating } from './acts.ts';
import { atEachCall } from './at-each-call.ts';
import type { Fixture, System } from './fixture.ts';
import { attempt, type Run } from './invoke.ts';
import { inSystem, testOf } from './test-of.ts';
import { anyVersion } from '../calling.ts';

/** How long a verb may take to stop, in ms; the function has seconds left when the signal fires. */
const promptly = 750;

interface Verb {
  readonly title: string;
  readonly arrange?: (rotation: Rotating) => Promise<void>;
  readonly run: (rotation: Rotating) => Run<unknown>;
}

const reading: readonly Verb[] = [
  {
    title: 'probe',
    run:
      ({ current }) =>
      (rotator, call) =>
        rotator.probe({ ...call, credential: current }),
  },
  {
    title: 'check',
    run:
      ({ current }) =>
      (rotator, call) =>
        rotator.check({ ...call, current }),
  },
  {
    title: 'create',
    run:
      ({ current }) =>
      (rotator, call) =>
        rotator.create({
          ...call,
          current,
          superseded: async () => undefined,
          version: anyVersion,
        }),
  },
];

/** Every verb stops when the signal fires. */
export function describeStopping<S extends System>(fixture: Fixture<S>, isSingle: boolean): void {
  const outside = testOf(fixture, 'calls outside');
  const verbs = [...reading, ...acts.filter(({ singleOnly }) => isSingle || !singleOnly)];

  for (const { title, run, arrange = async () => undefined } of verbs) {
    outside(`${title}: calls nobody when time is up before it begins`, () =>
      inSystem(fixture, async (system) => {
        const rotation = await rotating(system);
        await arrange(rotation);
        const before = await system.state();
        const gate = new Gate();
        gate.abort();

        const { error } = await attempt(system, run(rotation), gate);

        expectTold(error, { code: 'NOT_ENOUGH_TIME' });
        expect(gate.calls).toEqual([]);
        expect(await system.state()).toEqual(before);
      }),
    );

    outside(`${title}: stops at once when time is up while a call is not answered`, async () => {
      await atEachCall(fixture, 'held', async (system, gate) => {
        const rotation = await rotating(system);
        await arrange(rotation);
        const attempted = attempt(system, run(rotation), gate);
        if (!(await Promise.race([gate.reached.then(() => true), attempted.then(() => false)])))
          return;
        const abortedAt = performance.now();
        gate.abort();

        const { error } = await attempted;

        expect(performance.now() - abortedAt).toBeLessThan(promptly);
        // A call that was only to say goodbye may be cut short: the verb has its answer by then.
        if (error) expectTold(error, { code: 'NOT_ENOUGH_TIME' });
      });
    });
  }
}
