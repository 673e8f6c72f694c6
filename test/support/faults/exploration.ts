import { Conflicts, normalForm } from './conflicts.ts';
import type { Ground } from './ground.ts';
import { further, runMeeting, type Candidate, type Meeting } from './interleaving.ts';
import type { Failure } from './matrix.ts';
import type { Followed } from './rotation-run.ts';
import { scenarios, type Scenario } from './scenarios.ts';
import { sideBySide } from './side-by-side.ts';
import { nameOfOrder, type Actor, type Order } from './turns.ts';

/** The most switches from one invocation to the other that are tried. */
const mostSwitches = 3;

export interface Explored {
  readonly scenario: string;
  /** Orders that differ in what they make happen. */
  readonly orders: number;
  readonly failures: readonly Failure[];
}

/** Runs a scenario in every order with up to three switches; those that are alike count once. */
export async function explore(ground: Ground, scenario: Scenario): Promise<Explored> {
  const conflicts = new Conflicts();
  const followed: Followed = new Set();
  const traces = new Set<string>();
  const failures: Failure[] = [];
  const tryOut = async (order: Order): Promise<Meeting | undefined> => {
    const meeting = await runMeeting(ground, { combination: 'all', scenario, order, followed });
    conflicts.learn(meeting.trace);
    const trace = normalForm(meeting.trace);
    if (traces.has(trace)) return undefined;
    traces.add(trace);
    const { violations } = meeting;
    const id = `${scenario.name}: ${nameOfOrder(order)}`;
    if (violations.length > 0) failures.push({ id, violations });
    return meeting;
  };

  const firsts: readonly Actor[] = scenario.symmetric ? ['A'] : ['A', 'B'];
  let candidates: readonly Candidate[] = firsts.map((first) => ({
    order: { first, turns: [] },
    expected: [],
  }));
  // One after the other comes first: it tells what matters to whom.
  for (let switches = 0; switches <= mostSwitches; switches += 1) {
    const met: { order: Order; meeting: Meeting }[] = [];
    await sideBySide(candidates, async ({ order, expected }) => {
      // As long as only calls that commute change places, it goes as expected: it was seen already.
      if (traces.has(normalForm(expected))) return;
      const meeting = await tryOut(order);
      if (meeting) met.push({ order, meeting });
    });
    candidates = met.flatMap(({ order, meeting }) => further(order, meeting, conflicts));
  }
  return { scenario: scenario.name, orders: traces.size, failures };
}

/** The scenario of that name. Throws where there is none. */
export function scenarioNamed(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (!found) throw new Error(`No scenario is called ${name}.`);
  return found;
}
