import { RotationError } from '../../rotation/errors.ts';
import type { Session } from '../database/server.ts';
import { lockedTransaction } from '../postgres/locked-transaction.ts';
import { scramVerifier } from '../postgres/scram-verifier.ts';
import { randomPassword } from '../random-password.ts';
import { readCatalog } from './catalog.ts';
import { differences, ownerOf, type Difference } from './differences.ts';
import { explaining } from './refusals.ts';
import { letIn, ownerName } from './set-up.ts';
import { quoteName } from './quote.ts';
import { lockName, otherOf, type Users } from './users.ts';

interface Subject {
  readonly users: Users;
  /** The one of the two that is in use; the first where neither is. */
  readonly current: string;
  readonly admin?: string;
}

/**
 * In what the two roles differ that must be alike, with the statements that mend it; nothing where an
 * application runs the same as either. Reads only. `owner`: what they are to act as, where known.
 */
export async function unlikeness(
  session: Session,
  { users, current, admin }: Subject,
  owner?: string,
): Promise<readonly Difference[]> {
  const guessed = ownerName(users);
  const catalog = await readCatalog(session, users, owner ?? guessed);
  const idle = otherOf(users, current);
  const common = owner ?? ownerOf(catalog, [current, idle]) ?? guessed;
  return differences(catalog, { users, current, idle, owner: common, admin });
}

/** Throws `SETUP_UNSUITABLE`, with the statements to run, unless the two roles are alike. */
export async function assertAlike(session: Session, subject: Subject, admin: string) {
  const role = subject.users.join(' and ');
  const found = await explaining({ role, admin }, () => unlikeness(session, { ...subject, admin }));
  if (found.length > 0) {
    throw unsuitable(
      `An application would not run the same as either of the roles ${role}: ${told(found)}`,
      found,
    );
  }
}

/** What is thrown where AWSCURRENT names a role that is neither of the two. Reads only. */
export async function neither(session: Session, users: Users, [user, admin]: [string, string]) {
  const role = users.join(' and ');
  const found = await explaining({ role, admin }, () =>
    unlikeness(session, { users, current: users[0], admin }),
  );
  return unsuitable(
    `AWSCURRENT names the role ${user}, which is neither of ${role}, the two that take turns. Have keyturn init ` +
      'postgres-alternating publish the first of them' +
      (found.length > 0 ? `. The roles are not ready either: ${told(found)}` : ''),
    found,
  );
}

/** Proves that the administrator may change both: as a rotation would, and all of it taken back. */
export async function rehearse(
  session: Session,
  { users, current }: Subject,
  { admin, iterations }: { admin: string; iterations: number },
): Promise<void> {
  const idle = otherOf(users, current);
  const verifier = await scramVerifier(randomPassword(), { iterations });
  await explaining({ role: idle, admin }, () =>
    lockedTransaction(session, { role: lockName(users), rehearsal: true }, async () => {
      await session.query(letIn(idle, verifier));
      await explaining({ role: current, admin }, () =>
        session.query(`ALTER ROLE ${quoteName(current)} LOGIN`),
      );
    }),
  );
}

const told = (found: readonly Difference[]) => found.map(({ what }) => what).join('; ');

function unsuitable(problem: string, found: readonly Difference[]): RotationError {
  const statements = [...new Set(found.flatMap(({ mend }) => mend))].join(' ');
  const next = statements
    ? `Have a superuser run this in that database: ${statements} Then rotate again.`
    : 'Then rotate again.';
  return new RotationError('SETUP_UNSUITABLE', `${problem}. ${next}`);
}
