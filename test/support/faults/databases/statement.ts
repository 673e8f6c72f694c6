/** How a point names a statement: its first words, which hold no values. */
export function operationOf(text: string): string {
  const [first = 'statement', second] = text.replaceAll('pg_catalog.', '').match(/\w+/g) ?? [];
  return second === undefined || first === 'BEGIN' ? first : `${first} ${second}`;
}

/** Whether a statement, or the end of its transaction, may change who can log in. */
export const changesSomething = (text: string): boolean => !reads.test(operationOf(text));

const reads = /^(login|open|SELECT|WITH|SHOW|DO|BEGIN|ROLLBACK|SET (LOCAL|SESSION|NAMES))\b/;

/** Whether a statement concerns nothing but its own session. */
export const concernsItself = (operation: string): boolean =>
  /^(BEGIN|SELECT set_config|SET (LOCAL|SESSION|NAMES))\b/.test(operation);

/**
 * The same statement, which does not wait for a lock. To wait for one has two ends: the lock is free
 * before the time is up, or it is not. The first is what happens where the call is made later, and
 * orders in which it is are tried; the second is what happens where it is made now.
 */
export const withoutWaiting = (text: string): string =>
  text.replace(/(GET_LOCK\([^)]*,\s*)\d+/i, '$10');

/** Follows a statement that says how long its session waits for locks, to the same end. */
export const shortestWait = (text: string): string | undefined =>
  text.includes('lock_timeout') ? 'SET LOCAL lock_timeout = 1' : undefined;
