import { inspect } from '../../../src/rotation/inspect.ts';
import { repair, type RepairResult } from '../../../src/rotation/repair.ts';
import type { Inspection } from '../../../src/rotation/inspection.ts';
import type { Invocation } from '../../../src/rotation/rotation.ts';
import { recorded } from '../../../src/rotation/run-step.ts';
import { isDoable, type Proposal } from '../../../src/rotation/way-out.ts';
import { told } from './sentences.ts';
import type { World } from './world.ts';

export const inspectIn = (world: World): Promise<Inspection> =>
  inspect(world.invocation('inspect'));

export function repairIn(
  world: World,
  confirmed: Proposal,
  changes: Partial<Invocation> = {},
): Promise<RepairResult> {
  const invocation = world.invocation('repair', changes);
  return told(recorded(invocation, () => repair(invocation, confirmed)));
}

/** What is proposed, as somebody confirms it. Throws where nothing can be done. */
export async function proposalIn(world: World): Promise<Proposal> {
  const { way, keys, version } = (await inspectIn(world)).wayOut;
  if (!isDoable(way)) throw new Error(`Nothing can be done: ${way}.`);
  return { way, keys, version };
}

/** Does what is proposed until nothing is; answers what was done, and how it ended. */
export async function repairAll(world: World): Promise<readonly string[]> {
  const { wayOut } = await inspectIn(world);
  if (!isDoable(wayOut.way)) return [wayOut.way];
  await repairIn(world, await proposalIn(world));
  return [wayOut.way, ...(await repairAll(world))];
}
