import { combinationNamed, type Combination } from './combinations.ts';
import { Conflicts, normalForm } from './conflicts.ts';
import type { Ground } from './ground.ts';
import { further, runMeeting, type Candidate, type Meeting } from './interleaving.ts';
import type { Failure } from './matrix.ts';
import type { Followed } from './rotation-run.ts';
import { scenarioNamed } from './scenarios.ts';
import { mostSwitches } from './extent.ts';
import { sideBySide } from './side-by-side.ts';
import { nameOfOrder, type Actor, type Order } from './turns.ts';

export interface Explored {
  readonly scenario: string;
  /** Orders that differ in what they make happen. */
  readonly orders: number;
  readonly failures: readonly Failure[];
}

/** What meets, and which rotators do it. */
export interface Encounter {
  readonly combination: Combination;
  readonly name: string;
}

const separator = ' / ';

/** Named as in reproductions; the configuration that the project ships goes without saying. */
export const titleOf = ({ combination, name }: Encounter): string =>
  combination === 'all' ? name : `${combination}${separator}${name}`;

/** Throws for a text that names none. */
export function encounterOf(title: string): Encounter {
  const [first, name] = title.split(separator);
  const combination = name === undefined ? 'all' : combinationNamed(first);
  if (!combination) throw new Error(`No combination is called ${first}.`);
  return { combination, name: name ?? title };
}

/** Runs a scenario in every order with so many switches; those that are alike count once. */
export async function explore(ground: Ground, encounter: Encounter): Promise<Explored> {
  const { combination, name } = encounter;
  const scenario = scenarioNamed(name);
  const most = Math.min(mostSwitches(combination), scenario.mostSwitches ?? Infinity);
  const conflicts = new Conflicts();
  const followed: Followed = new Set();
  const traces = new Set<string>();
  const failures: Failure[] = [];
  const tryOut = async (order: Order): Promise<Meeting | undefined> => {
    const meeting = await runMeeting(ground, { combination, scenario, order, followed });
    conflicts.learn(meeting.trace);
    const trace = normalForm(meeting.trace);
    if (traces.has(trace)) return undefined;
    traces.add(trace);
    const { violations } = meeting;
    const id = `${titleOf(encounter)}: ${nameOfOrder(order)}`;
    if (violations.length > 0) failures.push({ id, violations });
    return meeting;
  };

  const firsts: readonly Actor[] = scenario.symmetric ? ['A'] : ['A', 'B'];
  let candidates: readonly Candidate[] = firsts.map((first) => ({
    order: { first, turns: [] },
    expected: [],
  }));
  // One after the other comes first: it tells what matters to whom.
  for (let switches = 0; switches <= most; switches += 1) {
    const met: { order: Order; meeting: Meeting }[] = [];
    await sideBySide(candidates, async ({ order, expected }) => {
      // As long as only calls that commute change places, it goes as expected: it was seen already.
      if (traces.has(normalForm(expected))) return;
      const meeting = await tryOut(order);
      if (meeting) met.push({ order, meeting });
    });
    candidates = met.flatMap(({ order, meeting }) => further(order, meeting, conflicts));
  }
  return { scenario: titleOf(encounter), orders: traces.size, failures };
}
