import * as v from 'valibot';
import type { Session } from '../database/server.ts';

const role = v.object({
  name: v.string(),
  /** As `ALTER ROLE` words them, so that a difference is mended by writing one down. */
  attributes: v.record(v.string(), v.string()),
  /** Whether it may connect to this database, itself or through a group. */
  connects: v.boolean(),
});

const membership = v.object({
  role: v.string(),
  group: v.string(),
  grantor: v.string(),
  admin: v.boolean(),
  inherit: v.boolean(),
  set: v.boolean(),
});

const setting = v.object({
  role: v.string(),
  /** Whether it is for this database alone. */
  here: v.boolean(),
  name: v.string(),
  value: v.string(),
});

const belonging = v.object({
  role: v.string(),
  /** What it is: "table", "schema". */
  type: v.string(),
  /** Its name, quoted where that is needed. */
  identity: v.string(),
  /** Privileges as `GRANT` takes them; `null` for kinds that are granted in other ways. */
  privileges: v.nullable(v.string()),
  /** How many there are of this role. */
  total: v.number(),
});

const catalog = v.object({
  database: v.string(),
  /** Whether memberships have a grantor and options of their own: from PostgreSQL 16 on. */
  isGranular: v.boolean(),
  roles: v.array(role),
  memberships: v.array(membership),
  settings: v.array(setting),
  /** Roles that a setting names, or the wanted owner, as far as they exist. */
  owners: v.array(v.string()),
  /** Which of the two may act as which of those, and whether it has that one's privileges as itself. */
  actors: v.array(v.object({ role: v.string(), owner: v.string(), inherits: v.boolean() })),
  owned: v.array(belonging),
  granted: v.array(belonging),
});

/** What PostgreSQL's catalogs say of two roles. Of what they own and were granted, the first few. */
export type Catalog = v.InferOutput<typeof catalog>;
export type Belonging = v.InferOutput<typeof belonging>;
export type Membership = v.InferOutput<typeof membership>;

/** Belongings that are listed of each role. */
const listed = 5;

/**
 * Everybody may read these catalogs; none of them holds a password. CONNECT on a database is no
 * difference where both have it: the server asks it of whoever logs in, and not of the owner.
 */
export async function readCatalog(
  session: Session,
  [first, second]: readonly [string, string],
  owner: string,
): Promise<Catalog> {
  // Functions that somebody put beside PostgreSQL's own would run with the administrator's rights.
  await session.query("SELECT pg_catalog.set_config('search_path', 'pg_catalog', false)");
  const [row] = await session.query(text, [first, second, owner]);
  return v.parse(catalog, row?.['catalog']);
}

const text = `
WITH pair AS (SELECT oid, rolname FROM pg_roles WHERE rolname IN ($1, $2)),
here AS (SELECT oid, datname FROM pg_database WHERE datname = current_database()),
granular AS (SELECT current_setting('server_version_num')::int >= 160000 AS yes),
setting AS (
  SELECT rolname, setdatabase <> 0 AS here, split_part(line, '=', 1) AS name,
    substr(line, strpos(line, '=') + 1) AS value
  FROM pg_db_role_setting JOIN pair ON pair.oid = setrole, unnest(setconfig) AS line
  WHERE setdatabase IN (0, (SELECT oid FROM here))
),
owner AS (
  SELECT oid, rolname FROM pg_roles
  WHERE rolname = $3 OR rolname IN (SELECT value FROM setting WHERE name = 'role')
),
membership AS (
  SELECT pair.rolname AS role, g.rolname AS "group", coalesce(b.rolname, '') AS grantor, m.admin_option AS admin,
    coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, true) AS inherit,
    coalesce((to_jsonb(m) ->> 'set_option')::boolean, true) AS set
  FROM pg_auth_members m JOIN pair ON pair.oid = m.member JOIN pg_roles g ON g.oid = m.roleid
    LEFT JOIN pg_roles b ON b.oid = m.grantor
  ORDER BY 1, 2, 3
),
entered AS (
  SELECT b.oid FROM pg_database b, aclexplode(b.datacl) x, pair
  WHERE x.grantee = pair.oid AND x.privilege_type = 'CONNECT'
  GROUP BY b.oid HAVING count(DISTINCT pair.oid) = 2
),
dependency AS (
  SELECT pair.oid AS role_oid, pair.rolname AS role, d.classid, d.objid, d.objsubid, d.deptype,
    row_number() OVER (PARTITION BY pair.oid, d.deptype = 'o' ORDER BY d.classid, d.objid, d.objsubid) AS number,
    count(*) OVER (PARTITION BY pair.oid, d.deptype = 'o')::int AS total
  FROM pg_shdepend d JOIN pair ON pair.oid = d.refobjid
  WHERE d.refclassid = 'pg_authid'::regclass AND d.deptype IN ('o', 'a', 'r')
    AND d.dbid IN (0, (SELECT oid FROM here))
    AND NOT (d.deptype = 'o' AND d.classid IN ('pg_default_acl'::regclass, 'pg_user_mapping'::regclass))
    AND NOT (d.deptype = 'a' AND d.classid = 'pg_database'::regclass AND d.objid IN (SELECT oid FROM entered)
      AND NOT EXISTS (
        SELECT FROM pg_database b, aclexplode(b.datacl) x
        WHERE b.oid = d.objid AND x.grantee = pair.oid AND x.privilege_type <> 'CONNECT'))
),
belonging AS (
  SELECT d.role, d.deptype, i.type, i.identity, d.total, (
    SELECT string_agg(DISTINCT x.privilege_type || coalesce(' (' || quote_ident(c.attname) || ')', ''), ', ')
    FROM aclexplode(CASE d.classid
      WHEN 'pg_class'::regclass THEN CASE d.objsubid
        WHEN 0 THEN (SELECT relacl FROM pg_class WHERE oid = d.objid)
        ELSE (SELECT attacl FROM pg_attribute WHERE attrelid = d.objid AND attnum = d.objsubid) END
      WHEN 'pg_namespace'::regclass THEN (SELECT nspacl FROM pg_namespace WHERE oid = d.objid)
      WHEN 'pg_database'::regclass THEN (SELECT datacl FROM pg_database WHERE oid = d.objid)
      WHEN 'pg_proc'::regclass THEN (SELECT proacl FROM pg_proc WHERE oid = d.objid)
      WHEN 'pg_type'::regclass THEN (SELECT typacl FROM pg_type WHERE oid = d.objid)
    END) x
    LEFT JOIN pg_attribute c ON d.objsubid > 0 AND c.attrelid = d.objid AND c.attnum = d.objsubid
    WHERE x.grantee = d.role_oid AND d.deptype = 'a' AND NOT (
      x.privilege_type = 'CONNECT' AND d.objid IN (SELECT oid FROM entered) AND d.classid = 'pg_database'::regclass)
  ) AS privileges
  FROM dependency d, LATERAL pg_identify_object(d.classid, d.objid, 0) i
  WHERE d.number <= ${listed}
)
SELECT json_build_object(
  'database', (SELECT datname FROM here),
  'isGranular', (SELECT yes FROM granular),
  'roles', (
    SELECT coalesce(json_agg(json_build_object(
      'name', r.rolname,
      'connects', has_database_privilege(r.oid, current_database(), 'CONNECT'),
      'attributes', json_build_object(
        'SUPERUSER', r.rolsuper::text, 'INHERIT', r.rolinherit::text, 'CREATEROLE', r.rolcreaterole::text,
        'CREATEDB', r.rolcreatedb::text, 'REPLICATION', r.rolreplication::text,
        'BYPASSRLS', r.rolbypassrls::text, 'CONNECTION LIMIT', r.rolconnlimit::text,
        'VALID UNTIL', coalesce(r.rolvaliduntil::text, 'infinity')))), '[]')
    FROM pg_roles r JOIN pair ON pair.oid = r.oid),
  'memberships', (SELECT coalesce(json_agg(membership), '[]') FROM membership),
  'settings', (
    SELECT coalesce(json_agg(json_build_object('role', rolname, 'here', here, 'name', name, 'value', value)
      ORDER BY name), '[]') FROM setting),
  'owners', (SELECT coalesce(json_agg(rolname), '[]') FROM owner),
  'actors', (
    SELECT coalesce(json_agg(json_build_object('role', pair.rolname, 'owner', owner.rolname,
      'inherits', pg_has_role(pair.oid, owner.oid, 'USAGE'))), '[]')
    FROM pair, owner, granular
    WHERE pg_has_role(pair.oid, owner.oid, CASE WHEN granular.yes THEN 'SET' ELSE 'MEMBER' END)),
  'owned', (SELECT coalesce(json_agg(belonging), '[]') FROM belonging WHERE deptype = 'o'),
  'granted', (SELECT coalesce(json_agg(belonging), '[]') FROM belonging WHERE deptype <> 'o')
) AS catalog`;
