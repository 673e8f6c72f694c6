import { pathToFileURL } from 'node:url';
import * as v from 'valibot';
import { startChild, type Child } from './child.ts';
import { spreadOf, type Spread } from './statistics.ts';
import type { Subject } from './subjects.ts';

/** How long a subject takes until it can be called. */
export interface Start {
  readonly name: string;
  /** From the start of the process until the module is loaded. */
  readonly readyMs: Spread;
  /** The part of it that the import takes. */
  readonly importMs: Spread;
  /** In each round, how many times as long as the first subject. */
  readonly timesBare: Spread;
  readonly bytes: Subject['bytes'];
}

interface Options {
  /** Rounds that count, at least one. */
  readonly runs: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

const load = v.object({ readyMs: v.number(), importMs: v.number() });
export type Load = v.InferOutput<typeof load>;
type Round = ReadonlyMap<Subject, Load>;

/**
 * Loads every subject once in each round, in a process of its own, so that whatever else the machine
 * does hits all alike. A first round, which fills the system's caches, does not count.
 */
export async function measureStarts(
  subjects: readonly Subject[],
  options: Options,
): Promise<readonly Start[]> {
  await using launcher = await startChild('launcher.ts');
  const rounds: Round[] = [];
  for (let n = 0; n <= options.runs; n += 1) rounds.push(await round(launcher, subjects, options));
  rounds.shift();
  const loadsOf = (subject: Subject) => rounds.flatMap((loads) => loads.get(subject) ?? []);
  const [bare = []] = subjects.map(loadsOf);
  return subjects.map((subject) => startOf(subject, loadsOf(subject), bare));
}

/** In another order each time: a process pays for what the one before it leaves behind. */
async function round(
  launcher: Child,
  subjects: readonly Subject[],
  { environment, signal }: Options,
): Promise<Round> {
  const order = subjects.map((subject) => ({ subject, place: Math.random() }));
  const loads = new Map<Subject, Load>();
  for (const { subject } of order.toSorted((one, other) => one.place - other.place)) {
    signal.throwIfAborted();
    const url = pathToFileURL(subject.module).href;
    const question = { url, environment: { ...environment, ...subject.variables } };
    loads.set(subject, v.parse(load, await launcher.ask(question)));
  }
  return loads;
}

function startOf({ name, bytes }: Subject, loads: readonly Load[], bare: readonly Load[]): Start {
  const ratios = loads.map(({ readyMs }, n) => readyMs / (bare[n]?.readyMs ?? Number.NaN));
  return {
    name,
    readyMs: spreadOf(loads.map(({ readyMs }) => readyMs)),
    importMs: spreadOf(loads.map(({ importMs }) => importMs)),
    timesBare: spreadOf(ratios),
    bytes,
  };
}
