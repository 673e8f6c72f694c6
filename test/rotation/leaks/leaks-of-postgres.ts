import { Client, escapeLiteral, type ClientConfig } from 'pg';
import type { Postgres } from '../../../src/local/postgres/start-postgres.ts';
import type { Leak } from './leak.ts';

/** Errors that a real PostgreSQL and its driver make. */
export const leaksOfPostgres = (postgres: () => Postgres): readonly Leak[] => [
  {
    name: 'DatabaseError message: a password that was not quoted',
    leak: (value) => postgres().query(`ALTER ROLE app PASSWORD ${value}`),
    value: 'Kt7secretValueOfTheDatabase9aB',
  },
  {
    name: 'DatabaseError message: a value of the wrong type',
    leak: (value) => postgres().query('SELECT $1::int', [value]),
  },
  {
    name: 'DatabaseError detail: a value that is there already',
    leak: (value) =>
      postgres().query(`
        CREATE TEMP TABLE token (value text PRIMARY KEY);
        INSERT INTO token VALUES (${escapeLiteral(value)}), (${escapeLiteral(value)})`),
  },
  {
    name: 'DatabaseError internalQuery: a statement inside a statement',
    leak: (value) => {
      const inner = `ALTER ROLE app PASSWORD ${escapeLiteral(value)} NONSENSE`;
      return postgres().query(`DO $do$ BEGIN EXECUTE $in$${inner}$in$; END $do$`);
    },
    value: "Kt7-secret's_value_of_the_database",
  },
  {
    name: 'pg connection error: the password where the user belongs',
    leak: (user) => {
      const { host, port } = postgres();
      return connecting({ host, port, user, password: 'x', database: 'postgres' });
    },
  },
  {
    name: 'pg connection error: a connection string whose password was not encoded',
    leak: (value) => connecting({ connectionString: `postgres://app:${value}/db` }),
    value: 'the-first-half@the-second-half-of-it.invalid',
    shows: (value) => value.split('@')[1] ?? '',
  },
];

function connecting(config: ClientConfig): Promise<unknown> {
  const client = new Client(config);
  client.on('error', () => undefined);
  return client.connect();
}
