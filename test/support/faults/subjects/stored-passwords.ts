import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { RealDatabase } from '../databases/real-database.ts';
import { suffix } from './seeding.ts';

const row = v.object({ first: v.string(), second: v.nullable(v.string()) });

/** What is stored for each password of an account; a server of MySQL's kind holds one or two. */
export async function storedPasswords(
  { system, query }: RealDatabase,
  user: string,
): Promise<readonly string[]> {
  const [found] = await query(system === 'MySQL' ? mysqlText : mariadbText, [user]);
  const { first, second } = v.parse(row, found);
  const hashes = system === 'MySQL' ? [first, second] : (first.match(/\*[0-9A-F]{40}/g) ?? []);
  return hashes.filter((hash) => hash !== null);
}

const mysqlText =
  "SELECT HEX(authentication_string) AS first, HEX(User_attributes->>'$.additional_password') AS second " +
  'FROM mysql.user WHERE User = ?';
const mariadbText =
  'SELECT CONVERT(Priv, CHAR) AS first, NULL AS second FROM mysql.global_priv WHERE User = ?';

/**
 * Which of these passwords each stored one is: MySQL discards the second of two, so their order
 * decides how an account goes on.
 */
export async function orderOf(
  database: RealDatabase,
  stored: readonly string[],
  passwords: readonly string[],
): Promise<readonly (readonly string[])[]> {
  const matching = database.system === 'MySQL' ? matchingOnMysql : matchingOnMariadb;
  return Promise.all(stored.map((hash) => matching(database, hash, passwords)));
}

/** MySQL tells by letting an account in that has this one only. */
async function matchingOnMysql(
  database: RealDatabase,
  hash: string,
  passwords: readonly string[],
): Promise<readonly string[]> {
  const { query, host, port } = database;
  const user = `copy${suffix()}`;
  await query(`CREATE USER '${user}'@'%' IDENTIFIED WITH caching_sha2_password AS 0x${hash}`);
  const matching: string[] = [];
  for (const password of passwords) {
    const signal = new AbortController().signal;
    const request = { host, port, user, password, database: '', tls: 'off', signal } as const;
    if ((await database.client.logIn(request)) === 'accepted') matching.push(password);
  }
  await query(`DROP USER '${user}'@'%'`);
  return matching;
}

const matchingOnMariadb = async (
  _database: RealDatabase,
  hash: string,
  passwords: readonly string[],
): Promise<readonly string[]> => passwords.filter((password) => nativeHash(password) === hash);

/** As mysql_native_password stores it: SHA1 of SHA1. */
function nativeHash(password: string): string {
  const once = createHash('sha1').update(password).digest();
  return `*${createHash('sha1').update(once).digest('hex').toUpperCase()}`;
}
