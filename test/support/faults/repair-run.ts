import type { WayOut } from '../../../src/rotation/way-out.ts';
import { isDoable } from '../../../src/rotation/way-out.ts';
import type { Damage } from './damage.ts';
import type { Ground } from './ground.ts';
import type { Point } from './point.ts';
import {
  aftermath,
  behaviourOf,
  isNew,
  prepare,
  rotated,
  takenBack,
  type Followed,
} from './rotation-run.ts';
import { World } from './world.ts';

export interface Repaired {
  /** What was done, in its order; `undefined` where one like it was repaired before. */
  readonly ways: readonly string[] | undefined;
  /** The calls of what was damaged. */
  readonly points: readonly Point[];
  /** The calls of the repairs. */
  readonly repairPoints: readonly Point[];
  readonly violations: readonly string[];
  readonly trail: readonly string[];
}

/** The most that a person repairs: each step of it must lead somewhere. */
const mostSteps = 6;

/**
 * Runs a rotation, or a rollback, into its fault. Then nobody calls again and no booking comes: all
 * that ever does is a person who repairs, until there is nothing left to do.
 */
export async function runRepaired(
  ground: Ground,
  { repairFaults = new Map(), ...damage }: Damage,
  { followed, damaged }: { followed?: Followed; damaged?: Followed } = {},
): Promise<Repaired> {
  const world = await World.start(ground, damage.combination, behaviourOf['gives-up']);
  try {
    await prepare(world, damage.course);
    // Whatever is booked from here on comes a month late.
    world.places.scheduler.behaviour.precisionMs = 30 * 86_400_000;
    const from = world.points.length;
    world.rules = { faultAt: ({ index }) => damage.faults.get(index - from) };
    await (damage.course === 'rollback' ? takenBack : rotated)(world, 'gives-up');
    const until = world.points.length;
    const points = relative(world.points.slice(from, until));
    world.rules = { faultAt: () => undefined };
    if (!(await isNew(world, damaged))) {
      const { violations, trail } = world.watch;
      return { ways: undefined, points, repairPoints: [], violations, trail };
    }
    world.watch.tell('— nobody calls again');
    world.rules = { faultAt: ({ index }) => repairFaults.get(index - until) };
    const ways = await repairAll(world, repairFaults.size > 0);
    world.rules = { faultAt: () => undefined };
    const repairPoints = relative(world.points.slice(until));
    // What a system was told before may come into force even now.
    await world.pass(60_000);
    ways.push(...(await repairAll(world)));
    // Leases have ended by then, and a provider's orphan is old enough to be taken for one.
    await world.pass(30 * 60_000);
    ways.push(...(await repairAll(world)));
    await judge(world);
    if (await isNew(world, followed, 'repaired')) await aftermath(world);
    const { violations, trail } = world.watch;
    return { ways, points, repairPoints, violations, trail };
  } finally {
    await world.close();
  }
}

const relative = (points: readonly Point[]): readonly Point[] =>
  points.map((point, index) => ({ ...point, index }));

/** Does what is proposed until nothing is; answers what was done. */
export async function repairAll(world: World, mayFail = false): Promise<string[]> {
  const ways: string[] = [];
  for (let step = 0; step < mostSteps; step += 1) {
    const proposed = await proposal(world, mayFail);
    if (!proposed || proposed.way === 'none') return ways;
    if (!isDoable(proposed.way)) {
      if (!mayFail) world.watch.violate(`nothing can be done: ${proposed.way}`);
      return ways;
    }
    world.watch.tell(`— repair: ${proposed.way} ${proposed.keys.join(' ')}`);
    const failure = await failureOf(world.drive(world.repair({ ...proposed, way: proposed.way })));
    if (failure !== undefined && !mayFail) {
      world.watch.violate(`the repair ${proposed.way} failed: ${failure}`);
      return ways;
    }
    ways.push(proposed.way);
  }
  if (!mayFail) world.watch.violate('the repair comes to no end');
  return ways;
}

async function proposal(world: World, mayFail: boolean): Promise<WayOut | undefined> {
  try {
    return (await world.drive(world.inspect())).wayOut;
  } catch (error) {
    if (!mayFail) world.watch.violate(`nothing can be seen: ${String(error)}`);
    return undefined;
  }
}

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => String(error),
  );

async function judge(world: World): Promise<void> {
  const { places, watch } = world;
  const { wayOut } = await world.drive(world.inspect());
  if (wayOut.way !== 'none') watch.violate(`it is not repaired: ${wayOut.way}`);
  const { values, versionId } = watch.published();
  for (const subject of places.subjects) {
    if (!(await subject.accepts(values))) watch.violate(`${subject.title} does not work`);
  }
  const pending = places.secretsManager.inspect(places.secretArn, 'AWSPENDING');
  if (pending && pending.versionId !== versionId) watch.violate('AWSPENDING is left');
}
