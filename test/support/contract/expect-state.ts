import { expect } from 'vitest';
import type { Act, Rotating } from './acts.ts';
import type { Fixture } from './fixture.ts';

/** Fails unless the credentials work that must work wherever an act was broken off. */
export async function expectKept(act: Act, { system, current, next, single }: Rotating) {
  const keeps = act.keeps(single);
  const sides = { current, next };
  if (keeps === 'one') {
    await system.settled();
    const working = [await system.works(current), await system.works(next)];
    return expect(working, 'one of the two works').toContain(true);
  }
  for (const side of keeps) expect(await system.works(sides[side]), `${side} works`).toBe(true);
}

/** Fails unless the system is as the act leaves it: what is to work, from the moment it returned. */
export async function expectDone(
  fixture: Pick<Fixture, 'notApplicable'>,
  act: Act,
  rotation: Rotating,
): Promise<void> {
  const { system, single } = rotation;
  const leaves = act.leaves(single);
  for (const side of leaves) expect(await system.works(rotation[side]), `${side} works`).toBe(true);
  await system.settled();
  for (const side of ['current', 'next'] as const) {
    const works = leaves.includes(side);
    if (!works && fixture.notApplicable?.['end of the victim']) continue;
    expect(await system.works(rotation[side]), `${side} ${works ? 'works' : 'is dead'}`).toBe(
      works,
    );
  }
}
