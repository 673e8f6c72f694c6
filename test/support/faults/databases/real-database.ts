import type { DatabaseServer, Row } from '../../../../src/rotators/database/server.ts';
import type { OutsideSystem } from '../point.ts';
import type { SessionPool } from './session-pool.ts';
import type { SickDatabase } from './sick-database.ts';

/** A real server that worlds share, each with accounts of its own. */
export interface RealDatabase {
  readonly system: OutsideSystem;
  readonly host: string;
  readonly port: number;
  /** The client that the rotators use. */
  readonly client: DatabaseServer;
  readonly sessions: SessionPool;
  /** Where to call for what no test wants to make of the real one. */
  readonly sick: SickDatabase;
  /** An administrator with no more rights than the documentation asks for. */
  readonly admin: { readonly user: string; readonly password: string };
  /** A statement of a superuser's, past all faults. */
  readonly query: (text: string, values?: readonly string[]) => Promise<readonly Row[]>;
  /** All that the server stores about an account and judges its logins by. */
  storedOf(user: string): Promise<string>;
  /** Statements that the server refuses, as busy and for want of a right. */
  readonly refused: { readonly transient: string; readonly permanent: string };
  stop(): Promise<void>;
}
