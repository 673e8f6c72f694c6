import { randomUUID } from 'node:crypto';
import type { SecretsManagerBehaviour } from '../../../src/local/secrets-manager/secrets-manager.ts';
import type { Ground } from './ground.ts';
import { likenessOf } from './likeness.ts';
import type { Point } from './point.ts';
import type { History, Service, Variant } from './variant.ts';
import { World } from './world.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const behaviourOf: Record<Service, Partial<SecretsManagerBehaviour>> = {
  retries: { retryAttempts: 3, retryDelayMs: 1_000 },
  'gives-up': { retryAttempts: 0 },
  'retries-late': { retryAttempts: 3, retryDelayMs: 10 * minute },
};

/** What became of one variant. */
export interface Outcome {
  /** The calls of the rotation under test, its bookings included. */
  readonly points: readonly Point[];
  /** Whether Secrets Manager saw a step fail, so that it matters what it does then. */
  readonly stepFailed: boolean;
  readonly violations: readonly string[];
  readonly trail: readonly string[];
}

/** Runs a rotation as Secrets Manager would, with its faults, and everything that follows. */
export async function runVariant(
  ground: Ground,
  variant: Variant,
  { spoil, followed }: { spoil?: (world: World) => void; followed?: Followed } = {},
): Promise<Outcome> {
  const world = await World.start(ground, variant.combination, behaviourOf[variant.service]);
  try {
    await prepare(world, variant.history);
    spoil?.(world);
    const from = world.points.length;
    world.rules = { faultAt: ({ index }) => variant.faults.get(index - from) };
    const token = randomUUID();
    let stepFailed = false;
    world.places.secretsManager.onEvent(({ type }) => (stepFailed ||= type === 'StepFailed'));
    await world.rotateSecret(token);
    await world.drive(world.places.secretsManager.idle());
    await world.pass(2 * hour);
    const points = world.points
      .slice(from)
      .map((point) => ({ ...point, index: point.index - from }));
    world.rules = { faultAt: () => undefined };
    const seen = { points, stepFailed };

    judge(world, token, variant.service);
    if (await isNew(world, followed, variant.service)) await aftermath(world);
    return { ...seen, violations: world.watch.violations, trail: world.watch.trail };
  } finally {
    await world.close();
  }
}

async function prepare(world: World, history: History): Promise<void> {
  if (history === 'first') return;
  await rotateCleanly(world);
  await world.pass(history === 'after-another' ? day : 10 * minute);
}

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
function judge({ places, watch }: World, token: string, service: Service): void {
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
  const { TWILIO_AUTH_TOKEN: token, DB_PASSWORD: password } = watch.published();
  const strangers = watch.twilioTokens().filter((each) => each !== token);
  if (strangers.length > 0) watch.violate('a token works at Twilio that is not published');
  if (!(await watch.databaseAccepts(password))) watch.violate('the database password is wrong');
  const pending = places.secretsManager.inspect(places.secretArn, 'AWSPENDING');
  if (pending && pending.versionId !== watch.published().versionId) {
    watch.violate('AWSPENDING is left on a version that is not current');
  }
}
