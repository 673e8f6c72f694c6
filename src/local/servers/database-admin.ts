import { createConnection, type RowDataPacket } from 'mysql2/promise';

/** A user who may do everything. One connection per call. */
export interface DatabaseAdmin {
  readonly user: string;
  readonly password: string;
  /** Rows of a query; none of any other statement. */
  query(sql: string, values?: readonly string[]): Promise<readonly RowDataPacket[]>;
}

export interface Login {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

export function databaseAdmin(login: Login): DatabaseAdmin {
  return {
    user: login.user,
    password: login.password,
    async query(sql, values = []) {
      const connection = await createConnection(login);
      try {
        const [rows] = await connection.query<RowDataPacket[]>(sql, [...values]);
        return Array.isArray(rows) ? rows : [];
      } finally {
        connection.destroy();
      }
    },
  };
}
