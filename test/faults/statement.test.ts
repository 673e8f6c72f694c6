import { describe, expect, test } from 'vitest';
import {
  changesSomething,
  operationOf,
  withoutWaiting,
} from '../support/faults/databases/statement.ts';

describe('a statement', () => {
  test.each([
    ['ALTER ROLE "app" PASSWORD \'a value\'', 'ALTER ROLE'],
    ["ALTER USER 'app'@'%' IDENTIFIED BY 'a value'", 'ALTER USER'],
    ["SET PASSWORD = '*A VALUE'", 'SET PASSWORD'],
    ['SELECT pg_catalog.pg_advisory_xact_lock(1)', 'SELECT pg_advisory_xact_lock'],
    ['BEGIN READ WRITE', 'BEGIN'],
    ['COMMIT', 'COMMIT'],
  ])('is named without its values: %s', (text, name) => {
    expect(operationOf(text)).toBe(name);
  });

  test.each(['ALTER ROLE app LOGIN', 'COMMIT', "SET PASSWORD = 'x'", 'DROP USER app', 'GRANT a'])(
    'may change who can log in: %s',
    (text) => {
      expect(changesSomething(text)).toBe(true);
    },
  );

  test.each(['SELECT 1', 'SHOW GRANTS', 'BEGIN', 'ROLLBACK', 'SET LOCAL ROLE NONE', 'login'])(
    'changes nobody’s login: %s',
    (text) => {
      expect(changesSomething(text)).toBe(false);
    },
  );

  test('that would wait for a lock of MySQL’s does not', () => {
    expect(withoutWaiting('SELECT GET_LOCK(?, 4) AS taken')).toBe('SELECT GET_LOCK(?, 0) AS taken');
  });
});
