import { belongings } from './belongings.ts';
import type { Catalog } from './catalog.ts';
import { memberships } from './memberships.ts';
import { quoteName, quoteText } from './quote.ts';
import { actAs, createOwner, createUser } from './set-up.ts';
import { settings } from './settings.ts';

/** Something in which two roles differ that must be alike, and the statements that mend it. */
export interface Difference {
  readonly what: string;
  readonly mend: readonly string[];
}

export interface Pair {
  readonly users: readonly [string, string];
  /** The role in use, which the other one is brought in line with. */
  readonly current: string;
  readonly idle: string;
  readonly owner: string;
  /** Who is to change both, where that is not whoever sets them up. */
  readonly admin?: string | undefined;
}

/**
 * Why an application would not run the same as either of two roles, from what the catalogs say.
 * What the roles have of their own goes to the owner; in all else the idle role follows the other.
 */
export function differences(catalog: Catalog, pair: Pair): readonly Difference[] {
  const missing = missingRoles(catalog, pair);
  if (missing.length > 0) return missing;
  return [
    ...acting(catalog, pair),
    ...attributes(catalog, pair),
    ...memberships(catalog, pair),
    ...settings(catalog, pair),
    ...belongings(catalog, pair),
    ...connecting(catalog, pair),
  ];
}

/** The one that both act as by a setting of their own, or else the name it is to have. */
export function ownerOf(
  catalog: Pick<Catalog, 'settings'>,
  roles: readonly string[],
): string | undefined {
  return roles.map((role) => actsAs(catalog, role)).find((name) => name !== undefined);
}

function actsAs({ settings: all }: Pick<Catalog, 'settings'>, role: string): string | undefined {
  const own = all.filter((each) => each.role === role && each.name === 'role');
  const value = (own.find(({ here }) => here) ?? own[0])?.value;
  return value === 'none' ? undefined : value;
}

function missingRoles(catalog: Catalog, { users, owner, admin }: Pair): readonly Difference[] {
  const missing = users.filter((user) => !catalog.roles.some(({ name }) => name === user));
  const first = catalog.owners.includes(owner) ? [] : [createOwner(owner)];
  const entrust = (user: string) =>
    admin === undefined || !catalog.isGranular
      ? []
      : [
          `GRANT ${quoteName(user)} TO ${quoteName(admin)} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;`,
        ];
  return missing.map((user, index) => ({
    what: `there is no role ${user}`,
    mend: [...(index === 0 ? first : []), ...createUser(user, { owner }), ...entrust(user)],
  }));
}

/** Both must act as the owner from their login on, or what one makes is closed to the other. */
function acting(catalog: Catalog, { users, owner }: Pair): readonly Difference[] {
  const isThere = catalog.owners.includes(owner);
  const may = (role: string) =>
    catalog.actors.some((actor) => actor.role === role && actor.owner === owner);
  const outside = users.filter((user) => !may(user));
  const others = users.filter((user) => actsAs(catalog, user) !== owner);
  return [
    ...(isThere ? [] : [{ what: `there is no owner ${owner}`, mend: [createOwner(owner)] }]),
    ...outside.map((user) => ({
      what: `${user} may not act as ${owner}`,
      mend: [grantOf(owner, user, catalog.isGranular)],
    })),
    ...others.map((user) => ({
      what: `${user} does not act as ${owner} when it logs in`,
      mend: [...actingHere(catalog, user), actAs(user, owner)],
    })),
  ];
}

const grantOf = (owner: string, user: string, isGranular: boolean) =>
  `GRANT ${quoteName(owner)} TO ${quoteName(user)}${isGranular ? ' WITH SET TRUE, INHERIT TRUE' : ''};`;

/** A setting for this database goes before the one for all of them. */
const actingHere = ({ database, settings: all }: Catalog, user: string) =>
  all.some(({ role, name, here }) => role === user && name === 'role' && here)
    ? [`ALTER ROLE ${quoteName(user)} IN DATABASE ${quoteName(database)} RESET role;`]
    : [];

function attributes({ roles }: Catalog, { current, idle }: Pair): readonly Difference[] {
  const of = (name: string) => roles.find((role) => role.name === name)?.attributes ?? {};
  const [wanted, found] = [of(current), of(idle)];
  return Object.entries(wanted)
    .filter(([name, value]) => found[name] !== value)
    .map(([name, value]) => ({
      what: `${idle} and ${current} differ in ${name}`,
      mend: [`ALTER ROLE ${quoteName(idle)} ${attribute(name, value)};`],
    }));
}

function attribute(name: string, value: string): string {
  if (name === 'VALID UNTIL') return `${name} ${quoteText(value)}`;
  if (name === 'CONNECTION LIMIT') return `${name} ${value}`;
  return value === 'true' ? name : `NO${name}`;
}

/**
 * What the database lets in is asked of the role that logs in, before it acts as the owner: a grant to
 * the owner is of use to those alone that inherit from it.
 */
function connecting(catalog: Catalog, { users, owner }: Pair): readonly Difference[] {
  const inherits = (role: string) =>
    catalog.actors.some((actor) => actor.role === role && actor.owner === owner && actor.inherits);
  const grantees = users.every(inherits) ? [owner] : users;
  const database = quoteName(catalog.database);
  const grant = `GRANT CONNECT ON DATABASE ${database} TO ${grantees.map(quoteName).join(', ')};`;
  return catalog.roles
    .filter(({ connects }) => !connects)
    .map(({ name }) => ({ what: `${name} may not connect to ${catalog.database}`, mend: [grant] }));
}
