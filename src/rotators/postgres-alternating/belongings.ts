import type { Belonging, Catalog } from './catalog.ts';
import type { Difference, Pair } from './differences.ts';
import { comment, quoteName } from './quote.ts';

/** What one of the two owns or was granted by itself, which the other one lacks. */
export const belongings = ({ owned, granted }: Catalog, pair: Pair): readonly Difference[] =>
  pair.users.flatMap((user) => [
    ...owning(user, owned.filter(of(user)), pair),
    ...granting(user, granted.filter(of(user)), pair),
  ]);

const of =
  (user: string) =>
  ({ role }: Belonging) =>
    role === user;

function owning(user: string, all: readonly Belonging[], { owner }: Pair): readonly Difference[] {
  if (all.length === 0) return [];
  const mend = `REASSIGN OWNED BY ${quoteName(user)} TO ${quoteName(owner)};`;
  return [{ what: `${user} owns ${nameAll(all)}`, mend: [mend] }];
}

function granting(user: string, all: readonly Belonging[], pair: Pair): readonly Difference[] {
  if (all.length === 0) return [];
  return [
    {
      what: `${user} has privileges of its own on ${nameAll(all)}`,
      mend: [...new Set(all.flatMap((each) => handOver(each, user, pair)))],
    },
  ];
}

function nameAll(all: readonly Belonging[]): string {
  const names = [...new Set(all.map(({ type, identity }) => `the ${type} ${identity}`))];
  const more = (all[0]?.total ?? 0) - all.length;
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function handOver(each: Belonging, user: string, pair: Pair): readonly string[] {
  const { type, identity, privileges } = each;
  const kind = kinds[type];
  if (kind === undefined || privileges === null) return [advice(each, user, pair.owner)];
  const on = `ON ${kind} ${identity}`;
  if (type === 'database') return handOverEntry(privileges.split(', '), on, user, pair);
  return [
    `GRANT ${privileges} ${on} TO ${quoteName(pair.owner)};`,
    `REVOKE ALL ${on} FROM ${quoteName(user)};`,
  ];
}

/** Without CONNECT of its own a role might not log in any more: it stays, and goes to the other one, too. */
function handOverEntry(
  privileges: readonly string[],
  on: string,
  user: string,
  { users, owner }: Pair,
): readonly string[] {
  const rest = privileges.filter((privilege) => privilege !== 'CONNECT').join(', ');
  return [
    ...(privileges.includes('CONNECT')
      ? [`GRANT CONNECT ${on} TO ${users.map(quoteName).join(', ')};`]
      : []),
    ...(rest === ''
      ? []
      : [
          `GRANT ${rest} ${on} TO ${quoteName(owner)};`,
          `REVOKE ${rest} ${on} FROM ${quoteName(user)};`,
        ]),
  ];
}

/** For what is granted in ways of its own: default privileges, policies, foreign servers. */
const advice = ({ type, identity }: Belonging, user: string, owner: string) =>
  comment(`name ${owner} in place of ${user} in the ${type} ${identity}`);

/** The words of `GRANT` for what `pg_identify_object` calls things. */
const kinds: Readonly<Record<string, string>> = {
  table: 'TABLE',
  view: 'TABLE',
  'materialized view': 'TABLE',
  'foreign table': 'TABLE',
  sequence: 'SEQUENCE',
  schema: 'SCHEMA',
  database: 'DATABASE',
  function: 'FUNCTION',
  aggregate: 'FUNCTION',
  procedure: 'PROCEDURE',
  type: 'TYPE',
};
