import { randomUUID } from 'node:crypto';
import type { SecretsManagerBehaviour } from '../../../src/local/secrets-manager/secrets-manager.ts';
import type { Ground } from './ground.ts';
import { likenessOf } from './likeness.ts';
import type { Point } from './point.ts';
import type { Course, Service, Variant } from './variant.ts';
import { World } from './world.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export const behaviourOf: Record<Service, Partial<SecretsManagerBehaviour>> = {
  retries: { retryAttempts: 3, retryDelayMs: 1_000 },
  'gives-up': { retryAttempts: 0 },
  'retries-late': { retryAttempts: 3, retryDelayMs: 10 * minute },
};

/** What became of one variant. */
export interface Outcome {
  /** The calls of what is under test, its bookings included. */
  readonly points: readonly Point[];
  /** Whether its caller saw it fail, so that it matters what he does then. */
  readonly stepFailed: boolean;
  readonly violations: readonly string[];
  readonly trail: readonly string[];
}

/** Runs a rotation as Secrets Manager would, or its rollback, with its faults, and what follows. */
export async function runVariant(
  ground: Ground,
  variant: Variant,
  { spoil, followed }: { spoil?: (world: World) => void; followed?: Followed } = {},
): Promise<Outcome> {
  const { course, service } = variant;
  const world = await World.start(ground, variant.combination, behaviourOf[service]);
  try {
    await prepare(world, course);
    spoil?.(world);
    const from = world.points.length;
    world.rules = { faultAt: ({ index }) => variant.faults.get(index - from) };
    const { stepFailed, judge } =
      course === 'rollback' ? await takenBack(world, service) : await rotated(world, service);
    await world.pass(2 * hour);
    const points = world.points
      .slice(from)
      .map((point) => ({ ...point, index: point.index - from }));
    world.rules = { faultAt: () => undefined };

    judge();
    if (await isNew(world, followed, service)) await aftermath(world);
    const { violations, trail } = world.watch;
    return { points, stepFailed, violations, trail };
  } finally {
    await world.close();
  }
}

/** What was before that which is under test. */
export async function prepare(world: World, course: Course): Promise<void> {
  if (course === 'first') return;
  await rotateCleanly(world);
  await world.pass(course === 'after-another' ? day : 10 * minute);
}

/** What was under test has been run; `judge` says later what must have come of it. */
interface Undertaken {
  readonly stepFailed: boolean;
  readonly judge: () => void;
}

/** A rotation, with whatever Secrets Manager does about a failure. */
export async function rotated(world: World, service: Service): Promise<Undertaken> {
  const token = randomUUID();
  let stepFailed = false;
  world.places.secretsManager.onEvent(({ type }) => (stepFailed ||= type === 'StepFailed'));
  await world.rotateSecret(token);
  await world.drive(world.places.secretsManager.idle());
  return { stepFailed, judge: () => judgeRotation(world, token, service) };
}

/** A person asks again where it failed, at once or later, or leaves it. */
export async function takenBack(world: World, service: Service): Promise<Undertaken> {
  const undone = world.watch.published().versionId;
  let rolledBack = await succeeds(world.drive(world.rollBack()));
  const stepFailed = !rolledBack;
  const most = service === 'gives-up' ? 0 : 3;
  for (let again = 0; again < most && !rolledBack; again += 1) {
    // At once, for a person: a database that is being reset says for a while that it is busy.
    await world.pass(service === 'retries-late' ? 10 * minute : minute);
    rolledBack = await succeeds(world.drive(world.rollBack()));
  }
  const judge = () => {
    const stayed = world.watch.published().versionId === undone;
    if (rolledBack && stayed) world.watch.violate('a rollback that succeeded did not roll back');
    if (!rolledBack && service !== 'gives-up') world.watch.violate('no rollback succeeded');
  };
  return { stepFailed, judge };
}

const succeeds = (work: Promise<unknown>) =>
  work.then(
    () => true,
    () => false,
  );

/** The worlds whose aftermath was seen already, by their likeness. */
export type Followed = Set<string>;

/** Whether no world like this one was followed to its end before. */
export async function isNew(
  world: World,
  followed: Followed | undefined,
  context = '',
): Promise<boolean> {
  if (!followed) return true;
  const likeness = context + (await likenessOf(world));
  if (followed.has(likeness)) return false;
  followed.add(likeness);
  return true;
}

/** Finished, taken back, or left to the next attempt: nothing else may come of a rotation. */
function judgeRotation({ places, watch }: World, token: string, service: Service): void {
  const { versionId } = watch.published();
  if (versionId === token) return;
  const pending = places.secretsManager.inspect(places.secretArn, 'AWSPENDING');
  const stuck = pending?.versionId === token && pending.secretString !== undefined;
  if (stuck && service !== 'gives-up')
    watch.violate('the rotation neither finished nor was undone');
}

/** A further rotation succeeds, and when its grace is over nothing works but what is published. */
export async function aftermath(world: World): Promise<void> {
  await rotateCleanly(world);
  await world.pass(day);
  await world.drive(world.reconcile({ secret: world.places.secretArn })).catch((error: unknown) => {
    world.watch.violate(`the daily reconcile failed: ${String(error)}`);
  });
  await world.pass(hour);
  await onlyPublishedWorks(world);
}

/** As a person does: a rotation that is incomplete is taken up first, and then it is tried again. */
export async function rotateCleanly(world: World): Promise<void> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const token = randomUUID();
    const accepted = await world.rotateSecret(token);
    await world.drive(world.places.secretsManager.idle());
    if (accepted && world.watch.published().versionId === token) return;
  }
  world.watch.violate('a further rotation does not succeed');
}

async function onlyPublishedWorks({ watch, places }: World): Promise<void> {
  const { values, versionId } = watch.published();
  for (const subject of places.subjects) {
    for (const leftover of await subject.leftovers(values, watch)) watch.violate(leftover);
    if (!(await subject.accepts(values))) watch.violate(`${subject.title} is wrong`);
  }
  const pending = places.secretsManager.inspect(places.secretArn, 'AWSPENDING');
  if (pending && pending.versionId !== versionId) {
    watch.violate('AWSPENDING is left on a version that is not current');
  }
}
