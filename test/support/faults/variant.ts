import { combinationNamed, type Combination } from './combinations.ts';
import { isFault, type Fault } from './fault.ts';

/** What is run: a rotation, by what came before it; or the rollback of one, within its grace. */
export const courses = ['first', 'after-another', 'within-a-grace', 'rollback'] as const;
export type Course = (typeof courses)[number];

/** What Secrets Manager does about a failed attempt, or the person who rolls back. */
export const services = ['retries', 'gives-up', 'retries-late'] as const;
export type Service = (typeof services)[number];

/** One run: where it starts from, how Secrets Manager behaves, and what goes wrong at which call. */
export interface Variant {
  readonly combination: Combination;
  readonly course: Course;
  readonly service: Service;
  readonly faults: ReadonlyMap<number, Fault>;
}

/** Names a variant so that it can be run again: `all:first:retries:17=crash-before`. */
export const idOf = ({ combination, course, service, faults }: Variant): string =>
  [combination, course, service, [...faults].map((each) => each.join('=')).join(',')].join(':');

/** Throws for a text that names no variant. */
export function variantOf(id: string): Variant {
  const [combinationName, courseName, serviceName, faultList = ''] = id.split(':');
  const combination = combinationNamed(combinationName);
  const course = courses.find((name) => name === courseName);
  const service = services.find((name) => name === serviceName);
  if (!combination || !course || !service) throw new Error(`No variant is called ${id}.`);
  return { combination, course, service, faults: faultsIn(faultList) };
}

/** Reads `17=crash-before,20=permanent`. Throws for a text that names no faults. */
export function faultsIn(list: string): ReadonlyMap<number, Fault> {
  const faults = new Map<number, Fault>();
  for (const entry of list.split(',').filter(Boolean)) {
    const [at = '', fault = ''] = entry.split('=');
    if (!/^\d+$/.test(at) || !isFault(fault)) throw new Error(`No fault is called ${entry}.`);
    faults.set(Number(at), fault);
  }
  return faults;
}
