import { RotationError } from '../../rotation/errors.ts';
import { nameOf } from './account.ts';
import type { Facts } from './facts.ts';
import {
  demandsCurrent,
  forbidsReuse,
  hasSeveralPasswords,
  limitsOnFailures,
  logsInByPassword,
  toleratedFailures,
} from './policies.ts';
import { missingForOne, missingForTwo } from './privileges.ts';
import { assertSupported } from './supported.ts';

interface Wish {
  readonly user: string;
  readonly passwords: 'two' | 'one';
}

/** Throws where this account's password cannot be rotated as it is wished. Changes nothing. */
export function assertSuitable(facts: Facts, { user, passwords }: Wish): void {
  assertSupported(facts);
  const problem = serverProblem(facts) ?? accountProblem(facts, user);
  if (problem) throw unsuitable(problem);
  if (passwords === 'one') return assertOne(facts);
  const obstacle = obstacleToTwo(facts);
  if (obstacle) throw unsuitable(`${obstacle} Or set passwords: 'one', which accepts a gap.`);
  const missing = missingForTwo(facts);
  if (missing) throw privilegeMissing(missing);
}

/** Whether two passwords at once would do where one is configured. */
export const twoWouldDo = (facts: Facts): boolean =>
  obstacleToTwo(facts) === undefined && missingForTwo(facts) === undefined;

function assertOne(facts: Facts): void {
  const missing = missingForOne(facts);
  if (missing) throw privilegeMissing(missing);
  const blocked = blockedInGap(facts);
  if (blocked) throw unsuitable(blocked);
  // SET PASSWORD changes the first of them only.
  if (facts.admin || !hasSeveralPasswords(facts)) return;
  throw unsuitable(
    `The account ${nameOf(facts.account)} has several passwords, and can change only the first of them itself. ` +
      'Set one password for it, or name an administrator (adminSecret).',
  );
}

/** In the gap of a switch in place the logins of the application count as wrong ones. */
function blockedInGap(facts: Facts): string | undefined {
  const { ofAccount, ofServer } = limitsOnFailures(facts);
  if (ofAccount === Infinity && ofServer >= failuresInGap) return undefined;
  const name = nameOf(facts.account);
  return (
    `The account ${name} is blocked after ${Math.min(ofAccount, ofServer)} wrong passwords, and while one password ` +
    'takes the place of the other, the logins of the application are wrong ones. Set passwords: ' +
    "'two', or let its administrator run " +
    `${ofAccount < Infinity ? `ALTER USER ${name} FAILED_LOGIN_ATTEMPTS 0` : `SET GLOBAL max_password_errors = ${failuresInGap}`}.`
  );
}

/** More logins than an application tries in a gap of seconds. */
const failuresInGap = 1_000;

function serverProblem({ settings, demandsClearPasswords }: Facts): string | undefined {
  if (readOnly.some((name) => isOn(settings.get(name)))) {
    return (
      'The server is read only, as a replica is, so nobody can change a password there. Name the one ' +
      'that is written to, such as the cluster endpoint and not the reader endpoint.'
    );
  }
  if (isOn(settings.get('log_raw'))) {
    return (
      'The server writes statements to its logs with the passwords in them (log_raw). Set log_raw to ' +
      'OFF, and rotate again.'
    );
  }
  if (!demandsClearPasswords) return undefined;
  return (
    'The server checks passwords by a plugin and refuses hashes (strict_password_validation), and its ' +
    'logs would show the passwords themselves. Set strict_password_validation to OFF, and rotate again.'
  );
}

const readOnly = ['read_only', 'super_read_only', 'innodb_read_only'];

const isOn = (value: string | undefined) => value !== undefined && value !== 'OFF';

/** Wrong passwords that runs side by side may try before one of them tries a right one. */
const failuresOfRuns = 5;

function accountProblem(facts: Facts, user: string): string | undefined {
  const name = nameOf(facts.account);
  if (facts.account.user !== user) {
    return (
      `The server checks logins of the user ${user} against the account ${name}, which is another. Name a ` +
      'user in the secret or rotation.config.ts that has an account.'
    );
  }
  if (facts.hosts.length > 1) {
    return (
      `The user ${user} has an account for each of ${facts.hosts.length} hosts (${facts.hosts.join(', ')}), with ` +
      'passwords of their own, and only one could be rotated. Leave one of them, such as the one for %.'
    );
  }
  if (!logsInByPassword(facts)) {
    return (
      `The account ${name} does not log in by passwords alone. Set it to one password, by ` +
      `${facts.product === 'MySQL' ? 'caching_sha2_password' : 'mysql_native_password'}, and rotate again.`
    );
  }
  if (forbidsReuse(facts)) {
    return (
      `The server does not let the account ${name} have a password again that it had (password history), so ` +
      `no rotation could be taken back. Let its administrator lift that: ALTER USER ${name} PASSWORD HISTORY 0 ` +
      'PASSWORD REUSE INTERVAL 0 DAY.'
    );
  }
  if (toleratedFailures(facts) >= failuresOfRuns) return undefined;
  return (
    `The account ${name} is blocked after ${toleratedFailures(facts)} wrong passwords, and to ask whether a ` +
    'superseded one still works is to try it. Raise the limit (FAILED_LOGIN_ATTEMPTS, on MariaDB ' +
    `max_password_errors) to ${failuresOfRuns} or more.`
  );
}

/** Beside privileges, what stands in the way of two passwords at once. */
function obstacleToTwo(facts: Facts): string | undefined {
  const { settings, account, admin } = facts;
  if (settings.get('group_replication_group_name') || isOn(settings.get('wsrep_on'))) {
    return (
      'The server is one of a group that replicates to each other, where two runs on different members ' +
      'could end the password in use. Two passwords need a server of its own.'
    );
  }
  // The secondary may be the one that is known, and only the first counts as proof.
  if (admin || !demandsCurrent(facts)) return undefined;
  return (
    `The account ${nameOf(account)} must prove its password to change it, which cannot be done with two of them. ` +
    `Let its administrator run ALTER USER ${nameOf(account)} PASSWORD REQUIRE CURRENT OPTIONAL, or name one ` +
    '(adminSecret).'
  );
}

const unsuitable = (problem: string) => new RotationError('SETUP_UNSUITABLE', problem);

const privilegeMissing = (problem: string) => new RotationError('PRIVILEGE_MISSING', problem);
