/** The two roles that take turns. */
export type Users = readonly [string, string];

export const isUser = (users: Users, role: string): boolean => users.includes(role);

export const otherOf = ([first, second]: Users, role: string): string =>
  role === first ? second : first;

/** One lock for both of them: what is known of one while the other is changed stays true. */
export const lockName = (users: Users): string => users.toSorted().join(' or ');
