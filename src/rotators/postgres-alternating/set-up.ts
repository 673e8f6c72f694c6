import { quoteName, quoteText } from './quote.ts';

/** Two roles that log in by turns, and the group in whose name both of them act. */
export interface SetUp {
  readonly owner: string;
  readonly users: readonly [string, string];
}

/** A group that cannot log in: every object is to be its own, and every grant made to it. */
export const createOwner = (owner: string): string => `CREATE ROLE ${quoteName(owner)} NOLOGIN;`;

/**
 * A role that acts as the owner from its login on, so that what it makes is the owner's. Without a
 * verifier it has no password; without `canLogin` it waits for its first rotation.
 */
export function createUser(
  user: string,
  { owner, canLogin = false, verifier }: Login,
): readonly string[] {
  const password = verifier === undefined ? '' : ` PASSWORD ${quoteText(verifier)}`;
  return [
    `CREATE ROLE ${quoteName(user)} ${canLogin ? 'LOGIN' : 'NOLOGIN'}${password} IN ROLE ${quoteName(owner)};`,
    actAs(user, owner),
  ];
}

interface Login {
  readonly owner: string;
  readonly canLogin?: boolean;
  readonly verifier?: string | undefined;
}

/** Its effect begins with the next login. */
export const actAs = (user: string, owner: string): string =>
  `ALTER ROLE ${quoteName(user)} SET role = ${quoteName(owner)};`;

/** Lets a role log in, with this password and no other. */
export const letIn = (user: string, verifier: string): string =>
  `ALTER ROLE ${quoteName(user)} LOGIN PASSWORD ${quoteText(verifier)};`;

/** Keeps a role from logging in. Sessions that are open go on. */
export const shutOut = (user: string): string => `ALTER ROLE ${quoteName(user)} NOLOGIN;`;

/** Everything of a set-up where nothing is there yet, in the order to run it. */
export function setUpStatements(
  { owner, users }: SetUp,
  { verifier, isOwnerThere = false }: { verifier?: string; isOwnerThere?: boolean } = {},
): readonly string[] {
  const [first, second] = users;
  return [
    ...(isOwnerThere ? [] : [createOwner(owner)]),
    ...createUser(first, { owner, canLogin: true, verifier }),
    ...createUser(second, { owner }),
  ];
}

/** What the owner is called where nothing says so: `app_owner` for `app_a` and `app_b`. */
export function ownerName([first, second]: readonly [string, string]): string {
  let length = 0;
  while (length < first.length && first.charAt(length) === second.charAt(length)) length += 1;
  const common = first.slice(0, length).replace(/[^\p{L}\p{N}]+$/u, '');
  return `${common || first}_owner`;
}
