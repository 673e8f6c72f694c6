import * as v from 'valibot';
import { startChild } from '../child.ts';
import { spreadOf, type Spread } from '../statistics.ts';
import type { Built, BuiltCandidates } from './candidates.ts';
import { inRounds, type Rounds } from './rounds.ts';
import { environmentOf, openingOf } from './running-candidate.ts';
import { startStore } from './store.ts';

/** What a candidate adds to the start of an application. Times are since the start of a process. */
export interface Import {
  readonly name: string;
  /** Until a value can be asked for. */
  readonly readyMs: Spread;
  /** Until the first value was read from the local Secrets Manager. */
  readonly firstValueMs: Spread;
  readonly bytes: Built['bytes'];
}

const load = v.object({ readyMs: v.number(), firstValueMs: v.number() });

/** Each in a new process every round. A first round, which fills the system's caches, does not count. */
export async function measureImports(
  built: BuiltCandidates,
  { count, signal }: Rounds,
): Promise<readonly Import[]> {
  await using store = await startStore();
  await using launcher = await startChild('app/launcher.ts');
  const { keyturn, powertools, middy, sdk, map } = built;
  // With a Map nothing is loaded but Node, and its value is there at once.
  const subjects = [{ ...map, name: 'bare Node' }, keyturn, powertools, middy, sdk];
  const environment = environmentOf(store);
  const opening = JSON.stringify(openingOf(300_000));

  const measured = await inRounds(subjects, { count: count + 1, signal }, async ({ module }) =>
    v.parse(load, await launcher.ask({ module, opening, environment })),
  );
  return measured.map(({ subject: { name, bytes }, results: [, ...loads] }) => ({
    name,
    readyMs: spreadOf(loads.map(({ readyMs }) => readyMs)),
    firstValueMs: spreadOf(loads.map(({ firstValueMs }) => firstValueMs)),
    bytes,
  }));
}
