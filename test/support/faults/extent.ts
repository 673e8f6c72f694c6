import { adminSecretName } from './aws-call.ts';
import { hasGrace, isSwitched, type Combination, type Scope } from './combinations.ts';
import { changesSomething } from './databases/statement.ts';
import { faultNames, type Fault } from './fault.ts';
import { isDatabase, type Point } from './point.ts';
import { courses, services, type Course, type Service } from './variant.ts';

/**
 * What is tried of a combination. The Reminder App's are tried with everything. On real servers a run
 * takes longer, and only what depends on the rotator is tried; pairs are sampled from everything.
 */
export function coursesOf(scope: Scope, combination: Combination): readonly Course[] {
  if (scope === 'reminder-app') return courses;
  // Within a grace happens all that happens first, and the end of what was superseded before.
  return [hasGrace(combination) ? 'within-a-grace' : 'first', 'rollback'];
}

/** A late attempt finds something else than an early one where a recovery comes in between. */
export const servicesOf = (of: {
  readonly scope: Scope;
  readonly combination: Combination;
}): readonly Service[] =>
  of.scope === 'reminder-app' || isSwitched(of.combination) ? services : ['retries', 'gives-up'];

/**
 * The most switches from one invocation to the other that are tried. Where another combination takes
 * the same locks in the same places, the second switch is left to that one.
 */
export function mostSwitches(combination: Combination): number {
  if (combination === 'all') return 3;
  return twinned.has(combination) ? 1 : 2;
}

const twinned: ReadonlySet<Combination> = new Set([
  'postgres-password-by-admin',
  'mariadb-password',
  'mysql-password-in-place',
  'overlapping',
]);

/**
 * A failed reading of labels and values is the protocol's, whatever the rotator. Of several rotators
 * together, each of which is tried alone, what they change is enough.
 */
export function pointsOf(
  { scope, combination }: { readonly scope: Scope; readonly combination: Combination },
  points: readonly Point[],
): readonly Point[] {
  if (scope === 'reminder-app') return points;
  const belongs = combination === 'overlapping' ? changes : dependsOnRotator;
  return points.filter(belongs);
}

/** Whether a call changes something, rather than asks. */
export const changes = ({ system, operation }: Point): boolean =>
  isDatabase(system) ? changesSomething(operation) : !/^(Describe|Get|GET)/.test(operation);

const dependsOnRotator = ({ system, operation, detail }: Point): boolean =>
  system !== 'Secrets Manager' || detail === adminSecretName || !/^(Describe|Get)/.test(operation);

/**
 * The faults that can befall a call: only the clients of AWS send anything again by themselves. What
 * changes nothing at a database has the same fate after the call as before it.
 */
export function faultsAt(scope: Scope, { system, operation }: Point): readonly Fault[] {
  if (system !== 'Twilio' && !isDatabase(system)) return faultNames;
  const once = faultNames.filter((fault) => fault !== 'sent-twice');
  const isReading = isDatabase(system) && !changesSomething(operation);
  return scope === 'servers' && isReading ? once.filter((fault) => !afterwards.has(fault)) : once;
}

const afterwards: ReadonlySet<Fault> = new Set(['crash-after', 'answer-lost', 'hangs-after']);
