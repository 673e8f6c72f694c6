import { expect, test } from 'vitest';
import type { Facts } from '../../../src/rotators/mysql-password/facts.ts';
import { assertSuitable } from '../../../src/rotators/mysql-password/suitability.ts';
import { expectTold } from '../../support/expect-told.ts';

const mysql: Facts = {
  product: 'MySQL',
  version: '8.4.3',
  account: { user: 'app', host: '%' },
  definition:
    "CREATE USER `app`@`%` IDENTIFIED WITH 'caching_sha2_password' AS <secret> REQUIRE NONE PASSWORD " +
    'EXPIRE DEFAULT ACCOUNT UNLOCK PASSWORD HISTORY DEFAULT PASSWORD REUSE INTERVAL DEFAULT PASSWORD ' +
    'REQUIRE CURRENT DEFAULT',
  settings: new Map([['password_history', '0']]),
  grants: new Set(['USAGE', 'APPLICATION_PASSWORD_ADMIN']),
  hosts: [],
  demandsClearPasswords: false,
  admin: undefined,
};

const mariadb: Facts = {
  ...mysql,
  product: 'MariaDB',
  version: '10.11.18-MariaDB-0+deb12u1-log',
  definition: `CREATE USER \`app\`@\`%\` IDENTIFIED BY PASSWORD '*${'A'.repeat(40)}'`,
  grants: new Set(['ALL PRIVILEGES']),
};

const errorOf = (facts: Facts, passwords: 'two' | 'one' = 'two') => {
  try {
    assertSuitable(facts, { user: 'app', passwords });
  } catch (error) {
    return expectTold(error);
  }
  return undefined;
};

// What none of the servers at hand is, or can be made.
test.each<[string, Facts]>([
  ['MySQL 8.0.13', { ...mysql, version: '8.0.13' }],
  ['MySQL 5.7', { ...mysql, version: '5.7.44-log' }],
  ['what calls itself an old MySQL', { ...mysql, version: '8.0.11-TiDB-v8.5.0' }],
  ['no version at all', { ...mysql, version: '' }],
  ['MariaDB 10.3', { ...mariadb, version: '10.3.39-MariaDB' }],
  [
    'a MariaDB that checks passwords and refuses hashes',
    { ...mariadb, demandsClearPasswords: true },
  ],
  ['an Aurora reader', { ...mysql, settings: new Map([['innodb_read_only', 'ON']]) }],
  [
    'an account of MySQL that logs in through LDAP',
    definedAs(mysql, "IDENTIFIED WITH 'authentication_ldap_simple'"),
  ],
  [
    'an account of MySQL with a second factor',
    definedAs(
      mysql,
      "IDENTIFIED WITH 'caching_sha2_password' AS <secret> AND IDENTIFIED WITH 'authentication_webauthn'",
    ),
  ],
  ['an account of MariaDB by ed25519', definedAs(mariadb, "IDENTIFIED VIA ed25519 USING 'abc'")],
  [
    'one of MariaDB by ed25519, too',
    definedAs(
      mariadb,
      `IDENTIFIED VIA mysql_native_password USING '*${'B'.repeat(40)}' OR ed25519 USING 'abc'`,
    ),
  ],
  [
    'one of MariaDB that needs no password',
    definedAs(mariadb, 'IDENTIFIED VIA mysql_native_password OR mysql_native_password'),
  ],
  [
    'one of MariaDB with a password of 1999',
    definedAs(mariadb, "IDENTIFIED BY PASSWORD '606717496665bcba'"),
  ],
])('refuses %s, in either way', (_, facts) => {
  expect(errorOf(facts)?.code).toBe('SETUP_UNSUITABLE');
  expect(errorOf(facts, 'one')?.code).toBe('SETUP_UNSUITABLE');
});

test('refuses two passwords in a Galera cluster, and takes one', () => {
  const galera = { ...mariadb, settings: new Map([['wsrep_on', 'ON']]) };

  expect(errorOf(galera)?.message).toContain("set passwords: 'one'");
  expect(errorOf(galera, 'one')).toBeUndefined();
});

test.each<[string, Facts]>([
  ['MySQL 8.0.14', { ...mysql, version: '8.0.14' }],
  ['MySQL 9', { ...mysql, version: '9.0.0-commercial' }],
  ['MySQL with an older plugin', definedAs(mysql, "IDENTIFIED WITH 'mysql_native_password'")],
  ['MariaDB 10.4', { ...mariadb, version: '10.4.0-MariaDB' }],
  ['MariaDB 11.8', { ...mariadb, version: '11.8.2-MariaDB-log' }],
  [
    'MariaDB with two passwords, limits and TLS',
    definedAs(
      mariadb,
      `IDENTIFIED VIA mysql_native_password USING '*${'0'.repeat(40)}' OR mysql_native_password USING ` +
        `'*${'F'.repeat(40)}' REQUIRE SSL WITH MAX_USER_CONNECTIONS 7`,
    ),
  ],
  [
    'an account without a limit on wrong passwords in force',
    definedAs(
      mysql,
      "IDENTIFIED WITH 'caching_sha2_password' FAILED_LOGIN_ATTEMPTS 3 PASSWORD_LOCK_TIME 0",
    ),
  ],
])('takes %s', (_, facts) => {
  expect(errorOf(facts)).toBeUndefined();
});

function definedAs(facts: Facts, clause: string): Facts {
  return { ...facts, definition: `CREATE USER \`app\`@\`%\` ${clause}` };
}
