import { nameOf } from './account.ts';
import type { Facts } from './facts.ts';
import { hasOne } from './grants.ts';

/** The statement that mends it, where two passwords fail for want of a privilege. */
export function missingForTwo(facts: Facts): string | undefined {
  if (facts.admin) return missingForOne(facts);
  const { product, account, grants } = facts;
  const name = nameOf(account);
  const enough = product === 'MySQL' ? ['CREATE USER', own] : ['CREATE USER'];
  if (hasOne(grants, ...enough)) return undefined;
  if (product === 'MySQL') {
    return (
      `The user ${name} may not give itself a second password. Let an administrator run GRANT ${own} ON *.* TO ` +
      `${name}, or name one (adminSecret), or set passwords: 'one', which accepts a gap.`
    );
  }
  return (
    `The user ${name} may not give itself a second password: on MariaDB that needs CREATE USER, which is a ` +
    "privilege over all users. Name an administrator who has it (adminSecret), or set passwords: 'one', " +
    'which accepts a gap.'
  );
}

const own = 'APPLICATION_PASSWORD_ADMIN';

/** For the administrator. An account may always put one password of its own in the place of another. */
export function missingForOne({ grants, account, admin }: Facts): string | undefined {
  if (!admin) return undefined;
  // MySQL lets nobody but their like change accounts that have SYSTEM_USER.
  const needed = grants.has('SYSTEM_USER') ? ['CREATE USER', 'SYSTEM_USER'] : ['CREATE USER'];
  const missing = needed.filter((privilege) => !hasOne(admin.grants, privilege));
  if (missing.length === 0) return undefined;
  const name = nameOf(admin.account);
  return (
    `The administrator ${name} may not change the password of ${nameOf(account)}. Grant it: ` +
    `GRANT ${missing.join(', ')} ON *.* TO ${name}.`
  );
}
