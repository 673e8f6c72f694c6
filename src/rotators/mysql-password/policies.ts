import type { Facts } from './facts.ts';

/** What `SHOW CREATE USER` of either product says of an account's passwords. */

const passwordPlugins = "'(?:caching_sha2_password|sha256_password|mysql_native_password)'";
const mysqlPassword = new RegExp(
  `IDENTIFIED WITH ${passwordPlugins}(?!.* AND IDENTIFIED WITH)`,
  's',
);

const hash = String.raw`'\*[0-9A-F]{40}'`;
const oneWay = `mysql_native_password USING ${hash}`;
const mariadbPasswords = new RegExp(
  `IDENTIFIED (?:BY PASSWORD ${hash}|VIA ${oneWay}(?: OR ${oneWay})*)(?! OR )(?= |$)`,
);

/** Whether it logs in with passwords that the rotator can make, and by nothing else. */
export const logsInByPassword = ({ product, definition }: Facts): boolean =>
  (product === 'MySQL' ? mysqlPassword : mariadbPasswords).test(definition);

/** Whether MariaDB accepts more than one password of it. */
export const hasSeveralPasswords = ({ definition }: Facts): boolean =>
  / OR mysql_native_password USING /.test(definition);

/** Whether MySQL refuses a password that the account has had before. */
export const forbidsReuse = (facts: Facts): boolean =>
  [
    ['PASSWORD HISTORY', 'password_history'],
    ['PASSWORD REUSE INTERVAL', 'password_reuse_interval'],
  ].some(([clause = '', setting = '']) => {
    const own = new RegExp(`${clause} (\\d+|DEFAULT)`).exec(facts.definition)?.[1];
    return Number(own === 'DEFAULT' ? facts.settings.get(setting) : (own ?? 0)) > 0;
  });

/** Whether MySQL demands the password in use from an account that changes its own. */
export function demandsCurrent({ definition, settings }: Facts): boolean {
  const own = /PASSWORD REQUIRE CURRENT( DEFAULT| OPTIONAL)?/.exec(definition);
  if (own?.[1] === ' DEFAULT') return settings.get('password_require_current') === 'ON';
  return own !== null && own[1] === undefined;
}

/** After how many wrong passwords in a row the account is blocked; Infinity where it never is. */
export const toleratedFailures = (facts: Facts): number =>
  Math.min(...Object.values(limitsOnFailures(facts)));

/** The same by who says so: the account's own limit, or that of the whole server. */
export function limitsOnFailures({ definition, settings }: Facts) {
  const own = /FAILED_LOGIN_ATTEMPTS (\d+) PASSWORD_LOCK_TIME (\d+|UNBOUNDED)/.exec(definition);
  const ofAccount = own && own[2] !== '0' ? Number(own[1]) : 0;
  const ofServer = Number(settings.get('max_password_errors') ?? 0);
  return { ofAccount: ofAccount || Infinity, ofServer: ofServer || Infinity };
}
