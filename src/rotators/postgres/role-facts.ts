import type { RotatorLog } from '../../rotation/rotator.ts';
import type { Session } from '../database/server.ts';
import { noSuchRole, outOfReach } from './refusals.ts';

/** Days before the end of a role at which a rotation begins to warn. */
const warnDays = 30;

/**
 * Warns of a role that expires soon. Throws `SETUP_UNSUITABLE` where there is none, and
 * `PRIVILEGE_MISSING` where only a superuser may change it and this is no session of one. Reads only.
 */
export async function inspectRole(session: Session, role: string, log: RotatorLog): Promise<void> {
  const [facts] = await session.query(query, [role]);
  if (!facts) throw noSuchRole(role);
  if (facts['out_of_reach'] === true) throw outOfReach(role);
  if (facts['ends_soon'] !== true || typeof facts['ends_on'] !== 'string') return;
  log.warn(
    `The role ${role} has VALID UNTIL ${facts['ends_on']}. From then on PostgreSQL refuses its every ` +
      'password, and a rotation does not move that day: set a later one.',
  );
}

const query = `
  SELECT pg_catalog.to_char(rolvaliduntil AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS ends_on,
    rolvaliduntil < pg_catalog.now() + interval '${warnDays} days' AS ends_soon,
    (rolsuper OR (rolreplication OR rolbypassrls)
        AND pg_catalog.current_setting('server_version_num')::int < 160000)
      AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_roles WHERE rolsuper AND rolname IN (session_user, current_user)
      ) AS out_of_reach
  FROM pg_catalog.pg_roles WHERE rolname = $1`;
