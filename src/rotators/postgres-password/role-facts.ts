import type { RotatorLog } from '../../rotation/rotator.ts';
import type { Session } from '../database/server.ts';
import { noSuchRole } from './refusals.ts';

/** Days before the end of a role at which a rotation begins to warn. */
const warnDays = 30;

/** Warns of a role that expires soon. Throws `SETUP_UNSUITABLE` where there is none. Reads only. */
export async function inspectRole(session: Session, role: string, log: RotatorLog): Promise<void> {
  const [facts] = await session.query(query, [role]);
  if (!facts) throw noSuchRole(role);
  if (facts['ends_soon'] !== true || typeof facts['ends_on'] !== 'string') return;
  log.warn(
    `The role ${role} has VALID UNTIL ${facts['ends_on']}. From then on PostgreSQL refuses its every ` +
      'password, and a rotation does not move that day: set a later one.',
  );
}

const query = `
  SELECT pg_catalog.to_char(rolvaliduntil AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS ends_on,
    rolvaliduntil < pg_catalog.now() + interval '${warnDays} days' AS ends_soon
  FROM pg_catalog.pg_roles WHERE rolname = $1`;
