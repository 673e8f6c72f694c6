import type { Call, Credential, Rotator } from '../../../src/rotation/rotator.ts';
import type { System } from './fixture.ts';
import { must, untilDone } from './invoke.ts';
import { anyVersion, stillPending } from '../calling.ts';

/** A system in the middle of a rotation: the credential in use, and the one made to follow it. */
export interface Rotating {
  readonly system: System;
  readonly current: Credential;
  readonly next: Credential;
  /** Whether the system holds one credential only, and must be switched. */
  readonly single: boolean;
}

type Side = 'current' | 'next';

/** A verb in one direction: where it starts from, and what is true during and after it. */
export interface Act {
  readonly title: string;
  /** For systems that hold one credential only. */
  readonly singleOnly?: boolean;
  arrange(rotating: Rotating): Promise<void>;
  run(rotating: Rotating): (rotator: Rotator, call: Call) => Promise<void>;
  /** The credentials that never stop working, wherever the verb dies; `one`: it is the one or the other. */
  keeps(single: boolean): readonly Side[] | 'one';
  /** The credentials that work when it is done, of the two. */
  leaves(single: boolean): readonly Side[];
  /** The act that takes it back, if the protocol ever calls that after this one died. */
  readonly takenBackBy?: string;
}

/** A fresh system with a credential made by `create`. */
export async function rotating(system: System): Promise<Rotating> {
  const { current } = system;
  const { made, single } = await must(system, async (rotator, call) => ({
    made: await rotator.create({
      ...call,
      current,
      superseded: async () => undefined,
      version: anyVersion,
    }),
    single: rotator.switch !== undefined,
  }));
  const next = { ...current, ...made };
  system.publish?.(next);
  return { system, current, next, single };
}

const install = ({ current, next }: Rotating, back = false) =>
  verb((rotator, call) =>
    rotator.install({
      ...call,
      ...(back ? { next: current, current: next } : { next, current }),
      stillPending,
    }),
  );

const change = ({ current, next }: Rotating, back = false) =>
  verb(async (rotator, call) =>
    rotator.switch?.({
      ...call,
      ...(back ? { to: current, from: next } : { to: next, from: current }),
    }),
  );

const revoke = ({ current, next }: Rotating, back = false) =>
  verb((rotator, call) =>
    rotator.revoke({
      ...call,
      ...(back
        ? { victim: next, keep: current, newer: 'victim' as const }
        : { victim: current, keep: next, newer: 'keep' as const }),
    }),
  );

const verb = (run: (rotator: Rotator, call: Call) => Promise<void>) => run;

async function forward(rotation: Rotating): Promise<void> {
  await must(rotation.system, install(rotation));
  await untilDone(rotation.system, change(rotation));
  await rotation.system.settled();
}

async function forwardAndBack(rotation: Rotating): Promise<void> {
  await forward(rotation);
  await untilDone(rotation.system, change(rotation, true));
  await rotation.system.settled();
}

const nothing = async () => undefined;

/** Every verb that changes a system, from the old credential to the new and back. */
export const acts: readonly Act[] = [
  {
    title: 'install, on the way to a commit',
    arrange: nothing,
    run: (rotation) => install(rotation),
    keeps: () => ['current'],
    leaves: (single) => (single ? ['current'] : ['current', 'next']),
    takenBackBy: 'revoke, after an undo',
  },
  {
    title: 'install, on the way back',
    arrange: forward,
    run: (rotation) => install(rotation, true),
    keeps: (single) => (single ? ['next'] : ['current', 'next']),
    leaves: (single) => (single ? ['next'] : ['current', 'next']),
  },
  {
    title: 'switch, to commit',
    singleOnly: true,
    arrange: async (rotation) => must(rotation.system, install(rotation)),
    run: (rotation) => change(rotation),
    keeps: () => 'one',
    leaves: () => ['next'],
    takenBackBy: 'switch, to undo',
  },
  {
    title: 'switch, to undo',
    singleOnly: true,
    arrange: forward,
    run: (rotation) => change(rotation, true),
    keeps: () => 'one',
    leaves: () => ['current'],
    takenBackBy: 'switch, to commit',
  },
  {
    title: 'revoke, after a commit',
    arrange: forward,
    run: (rotation) => revoke(rotation),
    keeps: () => ['next'],
    leaves: () => ['next'],
  },
  {
    title: 'revoke, after an undo',
    arrange: forwardAndBack,
    run: (rotation) => revoke(rotation, true),
    keeps: () => ['current'],
    leaves: () => ['current'],
  },
];

export const actNamed = (title: string): Act => {
  const act = acts.find((each) => each.title === title);
  if (!act) throw new Error(`There is no act "${title}".`);
  return act;
};
