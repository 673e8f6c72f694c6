import type { Ground } from './ground.ts';
import { further, learn, nothingSeen, runMeeting, type Meeting } from './interleaving.ts';
import type { Failure } from './matrix.ts';
import { scenarios, type Scenario } from './scenarios.ts';
import { sideBySide } from './side-by-side.ts';
import { nameOfOrder, type Order } from './turns.ts';

/** The most switches from one invocation to the other that are tried. */
const mostSwitches = 3;

export interface Explored {
  readonly scenario: string;
  /** Orders that differ in what they make happen. */
  readonly orders: number;
  readonly failures: readonly Failure[];
}

/** Runs a scenario in every order with up to three switches; identical ones count once. */
export async function explore(ground: Ground, scenario: Scenario): Promise<Explored> {
  const seen = nothingSeen();
  const traces = new Set<string>();
  const failures: Failure[] = [];
  const tryOut = async (order: Order): Promise<Meeting | undefined> => {
    const meeting = await runMeeting(ground, { combination: 'all', scenario, order });
    learn(seen, meeting);
    const trace = nameOf(meeting);
    if (traces.has(trace)) return undefined;
    traces.add(trace);
    const { violations } = meeting;
    const id = `${scenario.name}: ${nameOfOrder(order)}`;
    if (violations.length > 0) failures.push({ id, violations });
    return meeting;
  };

  let orders: readonly Order[] = [
    { first: 'A', turns: [] },
    { first: 'B', turns: [] },
  ];
  // Both ways of running one after the other come first: they tell what matters to whom.
  for (let switches = 0; switches <= mostSwitches; switches += 1) {
    const met: { order: Order; meeting: Meeting }[] = [];
    await sideBySide(orders, async (order) => {
      const meeting = await tryOut(order);
      if (meeting) met.push({ order, meeting });
    });
    orders = met.flatMap(({ order, meeting }) => further(order, meeting, seen));
  }
  return { scenario: scenario.name, orders: traces.size, failures };
}

/** The scenario of that name. Throws where there is none. */
export function scenarioNamed(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (!found) throw new Error(`No scenario is called ${name}.`);
  return found;
}

const nameOf = ({ trace }: Meeting) =>
  trace
    .map(({ actor, point }) => [actor, point?.step, point?.operation, point?.detail].join(' '))
    .join('\n');
