import { RotationError } from '../rotation/errors.ts';
import type { Configuration } from '../rotators/configuration.ts';
import { shortestCadence } from './cadence.ts';
import type { Environment } from './environment.ts';

/**
 * Compares what the configuration needs with what the template granted, so that a deployment in
 * which the two differ fails when it starts and not in the middle of a rotation.
 */
export function assertGranted(configuration: Configuration, environment: Environment): void {
  const granted = environment.KEYTURN_GRANTS;
  const missing = configuration.grants.filter((grant) => !granted.includes(grant));
  const unused = granted.filter((grant) => !configuration.grants.includes(grant));
  if (missing.length > 0) throw mismatch(`it needs ${missing.join(', ')}, which is not granted`);
  if (unused.length > 0)
    throw mismatch(`${unused.join(', ')} is granted, and it does not need that`);
  assertSchedulable(configuration, environment);
  assertWholeQueue(environment);
  assertGraces(configuration, environment);
}

function assertSchedulable({ books }: Configuration, environment: Environment): void {
  if (!books) return;
  const variables = [
    'KEYTURN_SCHEDULE_GROUP',
    'KEYTURN_SCHEDULER_ROLE_ARN',
    'KEYTURN_RECONCILE_ARN',
  ] as const;
  const unset = variables.filter((name) => environment[name] === '');
  if (unset.length > 0) throw mismatch(`it books later runs, and ${unset.join(', ')} is not set`);
}

/** Dead letters that are written and never read would be debts that nobody pays. */
function assertWholeQueue(environment: Environment): void {
  const variables = ['KEYTURN_DEAD_LETTER_ARN', 'KEYTURN_DEAD_LETTER_URL'] as const;
  const [unset, ...more] = variables.filter((name) => environment[name] === '');
  if (unset === undefined || more.length > 0) return;
  throw mismatch(`the queue for dead letters is named only in part: ${unset} is not set`);
}

function assertGraces(
  { shortestGraceMs, longestGraceMs }: Configuration,
  environment: Environment,
): void {
  const { KEYTURN_MINIMUM_GRACE: minimum, KEYTURN_SCHEDULE: schedule } = environment;
  if (shortestGraceMs < minimum) {
    throw invalidGrace(
      shortestGraceMs,
      `the shortest that can be kept is ${minimum / 1000} s, since EventBridge Scheduler is precise to ` +
        'a minute',
    );
  }
  const cadence = shortestCadence(schedule, environment.KEYTURN_SCHEDULE_DURATION);
  if (schedule === '' || longestGraceMs + afterWindowMs <= cadence) return;
  throw invalidGrace(
    longestGraceMs,
    `with the schedule ${schedule} a window can open ${cadence / 1000} s after the one before has closed, ` +
      'and a rotation in it would end that grace. Leave it an hour less than that, or rotate less often',
  );
}

/** How long after its window a rotation may still run, retries included, before its grace begins. */
const afterWindowMs = 3_600_000;

const invalidGrace = (graceMs: number, problem: string) =>
  new RotationError(
    'CONFIG_INVALID',
    `rotation.config.ts sets a grace of ${graceMs / 1000} s; ${problem}.`,
  );

const mismatch = (problem: string) =>
  new RotationError(
    'CONFIG_MISMATCH',
    `rotation.config.ts and the template do not fit together: ${problem}. Change one of the two and ` +
      'deploy again.',
  );
