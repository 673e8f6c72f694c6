import type { Call, Credential } from '../../rotation/rotator.ts';
import { withSession, type Session } from '../database/server.ts';
import type { Access } from './access.ts';
import { standingOf, type Standing } from './account.ts';
import { locked } from './locked.ts';
import { explained } from './refusals.ts';
import { statementsFor, type Statements, type Target } from './statements.ts';
import { assertSupported } from './supported.ts';

export interface Change {
  readonly statements: Statements;
  readonly target: Target;
}

/**
 * Runs work on the account that a credential logs in to, under the account's lock, and by the
 * administrator where there is one. Answers `rejected`, without any work, where the credential is.
 */
export async function changing(
  access: Access,
  [call, credential]: readonly [call: Call, credential: Credential],
  work: (change: Change) => Promise<void>,
): Promise<'done' | 'rejected'> {
  const own = await access.open(call, credential);
  if (own === 'rejected') return 'rejected';
  await withSession(own, async () => {
    const standing = await standingOf(own);
    assertSupported(standing);
    const admin = await access.openAdmin(call, credential);
    if (!admin) return underLock({ session: own, isOwn: true }, standing, work);
    // A session that waits idly for a lock would only stand in the way.
    await own.close();
    await withSession(admin, () => underLock({ session: admin, isOwn: false }, standing, work));
  });
  return 'done';
}

async function underLock(
  { session, isOwn }: { readonly session: Session; readonly isOwn: boolean },
  standing: Standing,
  work: (change: Change) => Promise<void>,
): Promise<void> {
  const { product, account } = standing;
  const target = { session, account, own: isOwn };
  try {
    await locked(session, account, () => work({ statements: statementsFor[product], target }));
  } catch (error) {
    throw explained(error, standing);
  }
}
