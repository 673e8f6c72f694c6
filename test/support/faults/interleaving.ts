import { RotationError } from '../../../src/rotation/errors.ts';
import type { Combination } from './combinations.ts';
import type { Conflicts, Made } from './conflicts.ts';
import type { Ground } from './ground.ts';
import type { Point } from './point.ts';
import { aftermath, isNew, type Followed } from './rotation-run.ts';
import type { Scenario } from './scenarios.ts';
import { otherThan, type Actor, type Order, Turns } from './turns.ts';
import { World } from './world.ts';

/** Long enough for a further rotation to take what the two left at a provider for an orphan. */
const settleMs = 30 * 60_000;

export interface Meeting {
  readonly trace: Turns['trace'];
  readonly violations: readonly string[];
  readonly trail: readonly string[];
}

interface MeetingOptions {
  readonly combination: Combination;
  readonly scenario: Scenario;
  readonly order: Order;
  readonly followed?: Followed;
}

/** Runs two invocations in one order, and everything that follows. */
export async function runMeeting(
  ground: Ground,
  { combination, scenario, order, followed }: MeetingOptions,
): Promise<Meeting> {
  const world = await World.start(ground, combination);
  try {
    const met = await reached(world, scenario);
    if (!met) return { trace: [], violations: world.watch.violations, trail: world.watch.trail };
    const { a, b } = met;
    const turns = new Turns(order);
    const first = world.places.invocations + 1;
    const actors = new Map<number, Actor>([
      [first, 'A'],
      [first + 1, 'B'],
    ]);
    const hold = async (point: Point) => {
      const actor = actors.get(point.invocation);
      if (actor) await turns.wait(actor, point);
    };
    world.rules = { faultAt: () => undefined, hold };
    world.watch.tell('— meeting');
    const both = [
      turns.run('A', () => a(() => turns.wait('A'))),
      turns.run('B', () => b(() => turns.wait('B'))),
    ];
    await world.drive(Promise.all(both));
    world.watch.tell('— met');
    world.rules = { faultAt: () => undefined };
    await world.pass(settleMs);
    if (await isNew(world, followed)) await aftermath(world);
    return { trace: turns.trace, violations: world.watch.violations, trail: world.watch.trail };
  } finally {
    await world.close();
  }
}

/** Brings the world to where the two meet; that it cannot be brought there is a finding too. */
async function reached(world: World, scenario: Scenario) {
  try {
    return await scenario.begin(world);
  } catch (error) {
    const what = error instanceof RotationError ? error.code : String(error);
    world.watch.violate(`a rotation cannot get to where the two would meet: ${what}`);
    return undefined;
  }
}

/** An order to be tried, and how it will go unless the two get in each other's way. */
export interface Candidate {
  readonly order: Order;
  readonly expected: readonly Made[];
}

/** The orders that differ from this one, whose trace is known, by one switch more. */
export function further(
  order: Order,
  { trace }: Pick<Meeting, 'trace'>,
  conflicts: Conflicts,
): Candidate[] {
  const actor = order.turns.length % 2 === 0 ? order.first : otherThan(order.first);
  const done = order.turns.reduce((sum, calls) => sum + calls, 0);
  const otherDid = trace.slice(0, done).filter((each) => each.actor !== actor).length;
  const rest = trace.slice(done);
  const length = rest.findIndex((each) => each.actor !== actor);
  const own = length < 0 ? rest : rest.slice(0, length);
  const others = rest.filter((each) => each.actor !== actor);
  return own.flatMap((call, calls) => {
    if (calls === 0 || !conflicts.matters(call, otherDid)) return [];
    const before = trace.slice(0, done + calls);
    const after = rest.slice(calls).filter((each) => each.actor === actor);
    const turns = [...order.turns, calls];
    return [{ order: { first: order.first, turns }, expected: [...before, ...others, ...after] }];
  });
}
