import type { SecretConfiguration } from '../../../../src/rotators/configuration.ts';
import type { DatabasePlace } from '../databases/lent-session.ts';

/** What one version of the secret holds, as texts; a list for the fallbacks. */
export type Values = Readonly<Record<string, unknown>>;

/** What became of a world that matters in the end. */
interface History {
  /** Somebody put a value into the secret by hand. */
  readonly edited: boolean;
}

/** One credential of the secret with the system it is good at, as a world has it to itself. */
export interface Subject {
  /** The keys that hold it; the first version's values. */
  readonly seed: Values;
  /** How rotations of it are configured, by key; empty where it is only carried over. */
  readonly keys: SecretConfiguration['keys'];
  /** How a violation names it. */
  readonly title: string;
  /** How long what AWSCURRENT says may be refused, in ms; 0 where two credentials work at once. */
  readonly longestGapMs: number;
  /** Whether the system itself takes what these values say. */
  accepts(values: Values): Promise<boolean>;
  /** What must not be there when nothing is owed any more, as violations. */
  leftovers(published: Values, history: History): Promise<readonly string[]>;
  /** All that the system could go on from, told by the values of all versions. */
  state(known: readonly Values[]): Promise<unknown>;
  /** The database that is behind it, where there is one. */
  readonly database?: DatabasePlace;
  remove(): Promise<void>;
}

/** The text under a key. Throws where there is none. */
export function textIn(values: Values, key: string): string {
  const value = values[key];
  if (typeof value === 'string') return value;
  throw new Error(`The key ${key} of the secret is no text.`);
}

/** Whether two versions hold the same of this. */
export const holdsSame = ({ seed }: Subject, one: Values, other: Values): boolean =>
  Object.keys(seed).every((key) => one[key] === other[key]);

/** Of the values of all versions, which are accepted: for worlds to be compared by. */
export const acceptedOf = (accepts: Subject['accepts'], known: readonly Values[]) =>
  Promise.all(known.map(accepts));
