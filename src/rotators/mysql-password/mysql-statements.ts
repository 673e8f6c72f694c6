import { StatementRefused } from '../database/server.ts';
import type { Statements, Target } from './statements.ts';

/**
 * MySQL from 8.0.14 on keeps one more password beside an account's first. It does not tell which is
 * which, so the one that is to stay is made the first before anything else happens. In its logs it
 * writes passwords as `<secret>`. Source: https://dev.mysql.com/doc/refman/8.4/en/alter-user.html.
 */
export const mysqlStatements: Statements = {
  async add(target, { current, next }) {
    await alter(target, retaining, current);
    await alter(target, retaining, next);
  },

  async keepOnly(target, keep) {
    await alter(target, retaining, keep);
    await alter(target, discarding);
  },

  async replace(target, { from, to }) {
    await alterWithProof(target, { from, to });
    return endSecond(target);
  },
};

const retaining = 'IDENTIFIED BY ? RETAIN CURRENT PASSWORD';
const discarding = 'DISCARD OLD PASSWORD';

async function alter({ session, account }: Target, what: string, ...passwords: readonly string[]) {
  await session.query(`ALTER USER ?@? ${what}`, [account.user, account.host, ...passwords]);
}

/** Some servers demand the password in use from an account that changes its own (3892). */
async function alterWithProof(target: Target, { from, to }: { from: string; to: string }) {
  try {
    await alter(target, 'IDENTIFIED BY ?', to);
  } catch (error) {
    if (!target.own || !isRefusal(error, '3892')) throw error;
    await alter(target, 'IDENTIFIED BY ? REPLACE ?', to, from);
  }
}

/** From a time with two passwords a second one may be left, which not everybody may end. */
async function endSecond(target: Target): Promise<'alone' | 'perhaps-another'> {
  try {
    await alter(target, discarding);
    return 'alone';
  } catch (error) {
    if (!isRefusal(error, '1227')) throw error;
    return 'perhaps-another';
  }
}

const isRefusal = (error: unknown, code: string) =>
  error instanceof StatementRefused && error.code === code;
