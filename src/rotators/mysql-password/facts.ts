import { StatementRefused, type Session } from '../database/server.ts';
import { standingOf, type Account, type Standing } from './account.ts';
import { grantsOf, hasOne, type Grants } from './grants.ts';

/** What decides whether, and how, the password of an account can be rotated. */
export interface Facts extends Standing {
  /** The whole account as `SHOW CREATE USER` writes it. Holds hashes: not for messages. */
  readonly definition: string;
  /** The server's settings by their names, in lower case. */
  readonly settings: ReadonlyMap<string, string>;
  readonly grants: Grants;
  /** The hosts for which this user has an account; none where nobody here may look. */
  readonly hosts: readonly string[];
  /** Whether MariaDB has plugins that want to see passwords, and refuses hashes. */
  readonly demandsClearPasswords: boolean;
  readonly admin: { readonly account: Account; readonly grants: Grants } | undefined;
}

/** Reads only. `own` is the account's session, which may always look at itself. */
export async function factsOf(
  standing: Standing,
  own: Session,
  admin: Session | undefined,
): Promise<Facts> {
  const settings = await settingsOf(own);
  return {
    ...standing,
    definition: await definitionOf(own),
    settings,
    grants: await grantsOf(own),
    hosts: await hostsOf(standing, admin ?? own),
    demandsClearPasswords: await demandsClearPasswords(own, settings),
    admin: admin && {
      account: (await standingOf(admin)).account,
      grants: await grantsOf(admin),
    },
  };
}

async function definitionOf(own: Session): Promise<string> {
  const [row = {}] = await own.query('SHOW CREATE USER CURRENT_USER()');
  return Object.values(row).map(String).join('');
}

async function settingsOf(own: Session): Promise<Facts['settings']> {
  const names = read.map(() => '?').join(', ');
  const text = `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${names})`;
  const rows = await own.query(text, read);
  return new Map(rows.map((row) => [nameIn(row['Variable_name']), String(row['Value'])]));
}

const nameIn = (value: unknown) => String(value).toLowerCase();

const read = [
  'group_replication_group_name',
  'innodb_read_only',
  'log_raw',
  'max_password_errors',
  'password_history',
  'password_require_current',
  'password_reuse_interval',
  'read_only',
  'strict_password_validation',
  'super_read_only',
  'wsrep_on',
];

/** Not everybody may read the table. MySQL has a view of it, which shows all to who has CREATE USER. */
async function hostsOf(
  { product, account: { user } }: Standing,
  session: Session,
): Promise<readonly string[]> {
  const byTable = await hostsIn('mysql.user', session, user);
  if (byTable.length > 0 || product === 'MariaDB') return byTable;
  if (!hasOne(await grantsOf(session), 'CREATE USER')) return [];
  return hostsIn('information_schema.USER_ATTRIBUTES', session, user);
}

async function hostsIn(table: string, session: Session, user: string): Promise<readonly string[]> {
  try {
    // MariaDB has its roles in there too, without a host.
    const text = `SELECT Host AS host FROM ${table} WHERE User = ? AND Host <> '' ORDER BY Host`;
    return (await session.query(text, [user])).map((row) => String(row['host']));
  } catch (error) {
    if (error instanceof StatementRefused && mayNotRead.has(error.code)) return [];
    throw error;
  }
}

/** 1109: MySQL before 8.0.21 has no such view. */
const mayNotRead: ReadonlySet<string> = new Set(['1044', '1109', '1142', '1143']);

async function demandsClearPasswords(own: Session, settings: Facts['settings']) {
  if (settings.get('strict_password_validation') !== 'ON') return false;
  const rows = await own.query(
    "SELECT 1 FROM information_schema.PLUGINS WHERE PLUGIN_TYPE = 'PASSWORD VALIDATION' " +
      "AND PLUGIN_STATUS = 'ACTIVE'",
  );
  return rows.length > 0;
}
