import { test } from 'vitest';
import type { Fixture, Part, System } from './fixture.ts';

/** `test`, or a skipped one where a fixture says that this part of the contract does not apply. */
export const testOf = <S extends System>({ notApplicable }: Fixture<S>, part: Part) =>
  notApplicable?.[part] ? test.skip : test;

/** Runs on a system of its own, which is closed again. */
export async function inSystem<S extends System>(
  fixture: Fixture<S>,
  run: (system: S) => Promise<void>,
): Promise<void> {
  const system = await fixture.build();
  try {
    await run(system);
  } finally {
    await system.close();
  }
}
