import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { isDoable } from '../../../src/rotation/way-out.ts';
import { hasGrace, isSwitched, type Combination } from './combinations.ts';
import { rotateCleanly } from './rotation-run.ts';
import type { World } from './world.ts';

const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
type Step = (typeof steps)[number];

const minute = 60_000;

/** One of the two that meet: an invocation, or somebody's single call. */
export type Work = (turn: () => Promise<void>) => Promise<unknown>;

/** Two that meet, and what was before. */
export interface Scenario {
  readonly name: string;
  /** The two are the same, so it makes no difference which of them begins. */
  readonly symmetric?: true;
  /** Where it takes many calls, the most switches from one to the other; absent: as usual. */
  readonly mostSwitches?: number;
  /** What a combination must have for it to be more than another one is; absent: nothing. */
  readonly needs?: (combination: Combination) => boolean;
  readonly begin: (world: World) => Promise<{ readonly a: Work; readonly b: Work }>;
}

const step =
  (world: World, token: string, name: Step): Work =>
  async () =>
    world.rotateStep({
      Step: name,
      SecretId: world.places.secretArn,
      ClientRequestToken: token,
      RotationToken: randomUUID(),
    });

/** Puts the secret where a rotation stands before a step. */
async function before(world: World, last: Step): Promise<string> {
  const token = randomUUID();
  const { secretsManager, secretArn, rotateArn } = world.places;
  secretsManager.beginRotation(secretArn, { token, functionArn: rotateArn });
  for (const name of steps.slice(0, steps.indexOf(last))) {
    await world.drive(step(world, token, name)(async () => undefined));
  }
  return token;
}

const twice = (name: Step): Scenario => ({
  name: `${name} twice`,
  symmetric: true,
  async begin(world) {
    const token = await before(world, name);
    return { a: step(world, token, name), b: step(world, token, name) };
  },
});

/** A rotation was committed before; its grace still runs. */
async function rotated(world: World): Promise<{ current: string; superseded: string }> {
  const superseded = world.watch.published().versionId;
  await rotateCleanly(world);
  await world.pass(10 * minute);
  return { current: world.watch.published().versionId, superseded };
}

interface Beside {
  readonly what: string;
  readonly needs?: Scenario['needs'];
  /** What the reconcile is called with, after what was before. */
  readonly event: (world: World) => Promise<object>;
}

const beside = (name: Step, { what, needs, event }: Beside): Scenario => ({
  name: `${what} beside ${name}`,
  ...(needs && { needs }),
  async begin(world) {
    const more = await event(world);
    const token = await before(world, name);
    const b = async () => world.reconcile({ secret: world.places.secretArn, ...more });
    return { a: step(world, token, name), b };
  },
});

const daily = (name: Step) =>
  beside(name, {
    what: 'the daily reconcile',
    async event(world) {
      await rotated(world);
      return {};
    },
  });

const endOfGrace = (name: Step) =>
  beside(name, {
    what: 'the end of the grace',
    needs: hasGrace,
    event: async (world) => ({ ...(await rotated(world)), keys: world.keysWithGrace() }),
  });

const yesterdays = (name: Step) =>
  beside(name, {
    what: "yesterday's end of a grace, again,",
    needs: hasGrace,
    async event(world) {
      const pair = await rotated(world);
      await world.pass(24 * 60 * minute);
      return { ...pair, keys: world.keysWithGrace() };
    },
  });

const recovery = (name: Step) =>
  beside(name, {
    what: 'a recovery',
    needs: isSwitched,
    event: async (world) => ({
      current: world.watch.published().versionId,
      keys: world.switchedKeys(),
    }),
  });

const byHand = (name: Step): Scenario => ({
  name: `a value put by hand beside ${name}`,
  async begin(world) {
    const token = await before(world, name);
    const b: Work = async (turn) => {
      await turn();
      await putByHand(world);
    };
    return { a: step(world, token, name), b };
  },
});

/** Somebody edits a key that is not rotated, as the console does it: a new current value. */
async function putByHand(world: World): Promise<void> {
  const { secretsManager, secretArn } = world.places;
  const text = secretsManager.inspect(secretArn, 'AWSCURRENT')?.secretString ?? '{}';
  const values = v.parse(v.record(v.string(), v.unknown()), JSON.parse(text));
  world.watch.tell('a value is put by hand');
  world.watch.edited = true;
  await world.request('PutSecretValue', {
    SecretId: secretArn,
    ClientRequestToken: randomUUID(),
    SecretString: JSON.stringify({ ...values, REGION: randomUUID() }),
  });
}

const abandoned = (late: Step, name: Step): Scenario => ({
  name: `a late ${late} of an abandoned rotation beside ${name}`,
  async begin(world) {
    const old = await before(world, late);
    await putByHand(world);
    await world.pass(minute);
    const token = await before(world, name);
    return { a: step(world, token, name), b: step(world, old, late) };
  },
});

interface TakingBackBeside {
  readonly what: string;
  readonly needs?: Scenario['needs'];
  readonly event: (versions: { current: string; superseded: string }, world: World) => object;
}

/** A rollback beside an invocation of the reconcile function. */
const takingBackBeside = ({ what, needs, event }: TakingBackBeside): Scenario => ({
  name: `a rollback beside ${what}`,
  ...(needs && { needs }),
  async begin(world) {
    const more = event(await rotated(world), world);
    const b = async () => world.reconcile({ secret: world.places.secretArn, ...more });
    return { a: () => world.rollBack(), b };
  },
});

const takingBackBesideStep = (name: Step): Scenario => ({
  name: `a rollback beside ${name}`,
  async begin(world) {
    await rotated(world);
    const token = await before(world, name);
    return { a: () => world.rollBack(), b: step(world, token, name) };
  },
});

const takingBack: readonly Scenario[] = [
  takingBackBeside({
    what: 'the end of the grace',
    needs: hasGrace,
    event: (pair, world) => ({ ...pair, keys: world.keysWithGrace() }),
  }),
  takingBackBeside({ what: 'the daily reconcile', event: () => ({}) }),
  takingBackBeside({
    what: 'a late recovery',
    needs: isSwitched,
    event: ({ superseded }, world) => ({ current: superseded, keys: world.switchedKeys() }),
  }),
  ...steps.map(takingBackBesideStep),
  {
    name: 'a rollback twice',
    symmetric: true,
    async begin(world) {
      await rotated(world);
      return { a: () => world.rollBack(), b: () => world.rollBack() };
    },
  },
  {
    name: 'a value put by hand beside a rollback',
    async begin(world) {
      await rotated(world);
      const b: Work = async (turn) => {
        await turn();
        await putByHand(world);
      };
      return { a: () => world.rollBack(), b };
    },
  },
];

/** What a person confirmed, by how the secret stood then. */
async function repair(world: World): Promise<Work> {
  const { way, ...proposed } = (await world.drive(world.inspect())).wayOut;
  if (!isDoable(way)) throw new Error(`There is nothing to repair: ${way}.`);
  return () => world.repair({ ...proposed, way });
}

/** It asks everything of every system, twice. */
const repairSwitches = 2;

const repairingBesideStep = (name: Step): Scenario => ({
  name: `a repair beside ${name}`,
  mostSwitches: repairSwitches,
  async begin(world) {
    await rotated(world);
    const token = await before(world, name);
    return { a: step(world, token, name), b: await repair(world) };
  },
});

/** A rotation stuck, with everything in place but its commit. */
async function stuck(world: World): Promise<Work> {
  await rotated(world);
  await before(world, 'finishSecret');
  return repair(world);
}

const repairing: readonly Scenario[] = [
  ...steps.map(repairingBesideStep),
  {
    name: 'a repair twice',
    mostSwitches: repairSwitches,
    symmetric: true,
    async begin(world) {
      const a = await stuck(world);
      return { a, b: await repair(world) };
    },
  },
  {
    name: 'a repair beside the daily reconcile',
    mostSwitches: repairSwitches,
    async begin(world) {
      const a = await stuck(world);
      return { a, b: async () => world.reconcile({ secret: world.places.secretArn }) };
    },
  },
  {
    name: 'a repair beside a rollback',
    mostSwitches: repairSwitches,
    async begin(world) {
      const a = await stuck(world);
      return { a, b: () => world.rollBack() };
    },
  },
  {
    name: 'a repair beside a value put by hand',
    mostSwitches: repairSwitches,
    async begin(world) {
      const a = await stuck(world);
      const b: Work = async (turn) => {
        await turn();
        await putByHand(world);
      };
      return { a, b };
    },
  },
];

/** Everything that may meet. */
const scenarios: readonly Scenario[] = [
  ...steps.map(twice),
  ...steps.map(daily),
  ...steps.map(endOfGrace),
  ...steps.map(yesterdays),
  ...steps.map(recovery),
  ...steps.map(byHand),
  ...takingBack,
  ...repairing,
  ...steps.flatMap((late) => [abandoned(late, 'createSecret'), abandoned(late, 'finishSecret')]),
];

/** What may meet where these are rotated. */
export const scenariosOf = (combination: Combination): readonly Scenario[] =>
  scenarios.filter(({ needs }) => needs?.(combination) ?? true);

/** The scenario of that name. Throws where there is none. */
export function scenarioNamed(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (!found) throw new Error(`No scenario is called ${name}.`);
  return found;
}
