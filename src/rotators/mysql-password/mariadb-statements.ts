import { nativeHash } from './native-hash.ts';
import type { Statements, Target } from './statements.ts';

/**
 * MariaDB from 10.4 on lets an account log in in several ways, of which each may be a password. Its
 * logs hold statements as they are, so it is given hashes. What else an account has, such as its
 * limits, stays. Source: https://mariadb.com/kb/en/alter-user/.
 */
export const mariadbStatements: Statements = {
  add: (target, { current, next }) => identify(target, [next, current]),

  keepOnly: (target, keep) => identify(target, [keep]),

  async replace(target, { to }) {
    // An account may always do this to itself, where ALTER USER needs CREATE USER.
    if (target.own) await target.session.query('SET PASSWORD = ?', [nativeHash(to)]);
    else await identify(target, [to]);
    // Several passwords of an account that changes itself are refused before.
    return 'alone';
  },
};

async function identify({ session, account }: Target, passwords: readonly string[]) {
  const ways = passwords.map(() => 'mysql_native_password USING ?').join(' OR ');
  const values = [account.user, account.host, ...passwords.map(nativeHash)];
  await session.query(`ALTER USER ?@? IDENTIFIED VIA ${ways}`, values);
}
