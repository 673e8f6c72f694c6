import type { Session } from '../../../rotators/database/server.ts';
import { lockedTransaction } from '../../../rotators/postgres/locked-transaction.ts';
import { quoteName, quoteText } from '../../../rotators/postgres-alternating/quote.ts';
import { explaining } from '../../../rotators/postgres-alternating/refusals.ts';
import { letIn, setUpStatements } from '../../../rotators/postgres-alternating/set-up.ts';
import { unlikeness } from '../../../rotators/postgres-alternating/suitability.ts';
import { lockName } from '../../../rotators/postgres-alternating/users.ts';
import { Failure } from '../../failure.ts';
import { isNote, noteOf, tokenOf, type Mark } from './mark.ts';
import type { AlternatingOptions } from './options.ts';
import { notUnmarked, powerful } from './refusals.ts';

type Wanted = Pick<AlternatingOptions, 'owner' | 'users'>;

interface Making {
  readonly verifier: string;
  readonly admin: string;
  readonly mark: Mark;
  /** Whether a version of the secret was published. */
  readonly wasPublished: (token: string) => Promise<boolean>;
}

/** `resumed`: an earlier run had made the roles, and had not stored the password. */
export type Made = 'made' | 'resumed';

/**
 * Makes the owner and the two roles in one transaction, or goes on where an earlier run for the same
 * secret broke off. The first role then logs in with the password of this verifier. Throws a Failure
 * or a `RotationError`, with nothing changed, where there are such roles that no run of it left.
 */
export const makeRoles = (
  session: Session,
  wanted: Wanted,
  { verifier, admin, mark, wasPublished }: Making,
): Promise<Made> =>
  explaining({ role: wanted.owner, admin }, () =>
    lockedTransaction(session, { role: lockName(wanted.users) }, async () => {
      const { owner, users } = wanted;
      const [first] = users;
      const found = await find(session, [owner, ...users]);
      const there = users.filter((user) => found.has(user));
      if (found.get(owner)?.isPowerful) throw powerful(owner);
      if (there.length > 0) {
        const token = tokenOf(found.get(first)?.note ?? '', mark);
        if (token === undefined || (await wasPublished(token))) throw exists(there);
        await session.query(letIn(first, verifier));
        await session.query(comment(first, noteOf(mark)));
        return 'resumed';
      }
      const isOwnerThere = found.has(owner);
      for (const statement of setUpStatements(wanted, { verifier, isOwnerThere })) {
        await session.query(statement);
      }
      await session.query(comment(first, noteOf(mark)));
      return 'made';
    }),
  );

/** Takes off the mark of a run, whose password is published. Answers what to do where that fails. */
export async function unmark(
  session: Session,
  { owner, users }: Wanted,
): Promise<string | undefined> {
  const [first] = users;
  const statement = comment(first, '');
  try {
    const found = await find(session, [owner, ...users]);
    if (isNote(found.get(first)?.note ?? '')) await session.query(statement);
    return undefined;
  } catch {
    return notUnmarked(statement);
  }
}

/** Keeps other runs away until the session ends. Throws a Failure while there is one. */
export async function assertAlone(session: Session, { users }: Wanted): Promise<void> {
  const text =
    'SELECT pg_catalog.pg_try_advisory_lock(pg_catalog.hashtextextended($1, 0)) AS alone';
  const [row] = await session.query(text, [`keyturn init ${lockName(users)}`]);
  if (row?.['alone'] === true) return;
  throw new Failure(
    'DATABASE_BUSY',
    'Another run of this command is setting up the same roles. Wait until it is through, and run the same ' +
      'command again.',
  );
}

/** Throws a Failure, with the statements that mend it, where an application would not run the same as either. */
export async function assertReady(session: Session, { users, owner }: Wanted, current: string) {
  const found = await unlikeness(session, { users, current }, owner);
  if (found.length === 0) return;
  throw new Failure(
    'SETUP_UNSUITABLE',
    `The roles are there, but not alike: ${found.map(({ what }) => what).join('; ')}. Have a superuser run this in ` +
      `that database: ${found.flatMap(({ mend }) => mend).join(' ')} Then run the same command again.`,
  );
}

interface Found {
  readonly note: string;
  readonly isPowerful: boolean;
}

/** The roles that exist, and what is noted on them. */
async function find(session: Session, names: readonly string[]): Promise<Map<string, Found>> {
  const rows = await session.query(
    `SELECT rolname::text AS name, coalesce(pg_catalog.shobj_description(oid, 'pg_authid'), '') AS note,
       rolsuper OR rolcreaterole AS powerful
     FROM pg_catalog.pg_roles WHERE rolname IN ($1, $2, $3)`,
    names,
  );
  return new Map(
    rows.map(({ name, note, powerful: isPowerful }) => [
      String(name),
      { note: String(note), isPowerful: isPowerful === true },
    ]),
  );
}

const comment = (role: string, note: string) =>
  `COMMENT ON ROLE ${quoteName(role)} IS ${note === '' ? 'NULL' : quoteText(note)}`;

/** Dropping one of them alone would lead here again. */
const exists = (there: readonly string[]) =>
  new Failure(
    'ROLE_EXISTS',
    `There ${there.length > 1 ? 'are roles' : 'is a role'} ${there.join(' and ')} already, which no run of this ` +
      'command for this secret left unfinished. They may be in use, and nothing was changed. Choose two names that ' +
      `are free with --users; or, where nobody uses what is there, run ${there.map(dropped).join(' ')} and then the ` +
      'same command again.',
  );

const dropped = (role: string) => `DROP ROLE ${quoteName(role)};`;
