import type { Catalog, Membership } from './catalog.ts';
import type { Difference, Pair } from './differences.ts';
import { quoteName } from './quote.ts';

/** Groups in which only one of the two is, or in which they may do different things. */
export function memberships(catalog: Catalog, { current, idle }: Pair): readonly Difference[] {
  const { memberships: all, isGranular } = catalog;
  const inGroup = (role: string, group: string) =>
    all.filter((each) => each.role === role && each.group === group);
  return [...new Set(all.map(({ group }) => group))].flatMap((group) => {
    const [wanted, found] = [inGroup(current, group), inGroup(idle, group)];
    if (isSame(wanted, found)) return [];
    const mend = [
      ...found.map((membership) => revoke(membership, isGranular)),
      ...(wanted.length > 0 ? [grant(group, idle, optionsOf(wanted), isGranular)] : []),
    ];
    return [{ what: `${idle} and ${current} differ in their membership of ${group}`, mend }];
  });
}

type Options = Pick<Membership, 'admin' | 'inherit' | 'set'>;

/** A role may be in a group by several grantors; what one of them gave it, it has. */
const optionsOf = (grants: readonly Membership[]): Options => ({
  admin: grants.some(({ admin }) => admin),
  inherit: grants.some(({ inherit }) => inherit),
  set: grants.some(({ set }) => set),
});

const isSame = (one: readonly Membership[], other: readonly Membership[]) =>
  one.length > 0 === other.length > 0 &&
  JSON.stringify(optionsOf(one)) === JSON.stringify(optionsOf(other));

/** From PostgreSQL 16 on only what its grantor gave is taken back, and others are passed over. */
const revoke = ({ group, role, grantor }: Membership, isGranular: boolean) =>
  `REVOKE ${quoteName(group)} FROM ${quoteName(role)}${isGranular ? ` GRANTED BY ${quoteName(grantor)}` : ''};`;

function grant(group: string, role: string, options: Options, isGranular: boolean): string {
  const grantTo = `GRANT ${quoteName(group)} TO ${quoteName(role)}`;
  if (!isGranular) return `${grantTo}${options.admin ? ' WITH ADMIN OPTION' : ''};`;
  const { admin, inherit, set } = options;
  return `${grantTo} WITH ADMIN ${word(admin)}, INHERIT ${word(inherit)}, SET ${word(set)};`;
}

const word = (isOn: boolean) => (isOn ? 'TRUE' : 'FALSE');
