import { Gate, type Fault } from '../gate.ts';
import type { Fixture, System } from './fixture.ts';

/** Systems under test at the same time. */
const atOnce = 6;

/**
 * Runs a scenario once for every call that passes its gate, on a system of its own each time, with
 * that call failing. The calls are found by running: call after call, until none fails any more.
 * Answers the calls that failed.
 */
export async function atEachCall<S extends System>(
  fixture: Fixture<S>,
  fault: Fault,
  scenario: (system: S, gate: Gate) => Promise<void>,
): Promise<readonly string[]> {
  const failed: string[] = [];
  for (let from = 1; ; from += atOnce) {
    const numbers = Array.from({ length: atOnce }, (_, index) => from + index);
    const results = await Promise.all(numbers.map((at) => once(fixture, { at, fault }, scenario)));
    failed.push(...results.filter((name) => name !== undefined));
    if (results.includes(undefined)) return failed;
  }
}

async function once<S extends System>(
  fixture: Fixture<S>,
  plan: { at: number; fault: Fault },
  scenario: (system: S, gate: Gate) => Promise<void>,
): Promise<string | undefined> {
  const system = await fixture.build();
  const gate = new Gate(plan);
  try {
    await scenario(system, gate);
    return gate.wasReached ? gate.calls[plan.at - 1] : undefined;
  } catch (error) {
    const place = `${plan.fault} at call ${plan.at} (${gate.calls[plan.at - 1] ?? 'not reached'})`;
    throw new Error(`${place}: ${error instanceof Error ? error.message : ''}`, { cause: error });
  } finally {
    gate.close();
    await system.close();
  }
}
