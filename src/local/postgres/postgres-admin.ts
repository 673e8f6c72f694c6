import { Client, escapeIdentifier, escapeLiteral, type QueryResultRow } from 'pg';
import { scramVerifier } from '../../rotators/postgres/scram-verifier.ts';

export interface RoleRequest {
  readonly name: string;
  /** One that is `scramSafe`. Without one the role cannot log in by password. */
  readonly password?: string;
  /** Default true. */
  readonly login?: boolean;
  readonly createRole?: boolean;
  readonly createDatabase?: boolean;
  readonly memberOf?: readonly string[];
}

/** What the superuser does for tests and stand-ins. One connection per call. */
export interface PostgresAdmin {
  readonly superuser: { readonly user: string; readonly password: string };
  query<Row extends QueryResultRow>(
    text: string,
    values?: readonly unknown[],
    database?: string,
  ): Promise<Row[]>;
  createRole(request: RoleRequest): Promise<void>;
  createDatabase(request: { readonly name: string; readonly owner?: string }): Promise<void>;
  /** The server sees a SCRAM verifier only. Throws when there is no such role. */
  setPassword(role: string, password: string): Promise<void>;
}

interface Login {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

export function postgresAdmin(login: Login): PostgresAdmin {
  const query: PostgresAdmin['query'] = async (text, values = [], database = 'postgres') => {
    const client = new Client({ ...login, database });
    client.on('error', () => undefined /* the server ended; the query rejects */);
    await client.connect();
    try {
      return (await client.query(text, [...values])).rows;
    } finally {
      await client.end();
    }
  };

  return {
    superuser: { user: login.user, password: login.password },
    query,
    createRole: async (request) => {
      await query(`CREATE ROLE ${escapeIdentifier(request.name)} ${await roleOptions(request)}`);
    },
    createDatabase: async ({ name, owner = login.user }) => {
      await query(`CREATE DATABASE ${escapeIdentifier(name)} OWNER ${escapeIdentifier(owner)}`);
    },
    setPassword: async (role, password) => {
      if (role === login.user) throw new Error(`The password of ${role} is fixed at the start.`);
      const verifier = escapeLiteral(await scramVerifier(password));
      await query(`ALTER ROLE ${escapeIdentifier(role)} PASSWORD ${verifier}`);
    },
  };
}

async function roleOptions(request: RoleRequest): Promise<string> {
  const { password, login = true, createRole, createDatabase, memberOf = [] } = request;
  return [
    login ? 'LOGIN' : 'NOLOGIN',
    createRole ? 'CREATEROLE' : '',
    createDatabase ? 'CREATEDB' : '',
    memberOf.length > 0 ? `IN ROLE ${memberOf.map(escapeIdentifier).join(', ')}` : '',
    password === undefined ? '' : `PASSWORD ${escapeLiteral(await scramVerifier(password))}`,
  ].join(' ');
}
