/** Codes and numbers by which a system says that it does not accept a credential. */
const codes: ReadonlySet<unknown> = new Set([
  // PostgreSQL: wrong password, and no such login (errcodes-appendix).
  '28P01',
  '28000',
  // MySQL and MariaDB: access denied.
  'ER_ACCESS_DENIED_ERROR',
  1045,
  // Twilio: authenticate.
  20003,
]);

/** Causes that are looked through at most; a chain may be a ring. */
const deepest = 10;

/**
 * Whether an error, or what caused it, says that a credential was not accepted: PostgreSQL's 28P01 and
 * 28000, MySQL's and MariaDB's 1045, Twilio's and others' 401.
 */
export function isAuthError(error: unknown): boolean {
  let suspect = error;
  for (let depth = 0; depth < deepest && suspect instanceof Object; depth += 1) {
    if (saysSo(suspect)) return true;
    suspect = Reflect.get(suspect, 'cause');
  }
  return false;
}

function saysSo(error: object): boolean {
  const field = (name: string): unknown => Reflect.get(error, name);
  if (codes.has(field('code')) || codes.has(field('errno'))) return true;
  if (field('status') === 401 || field('statusCode') === 401) return true;
  const several = field('errors');
  return Array.isArray(several) && several.some((one) => one instanceof Object && saysSo(one));
}
