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

/** So many errors are looked through, about: whoever made them may have made them without an end. */
const most = 100;

/**
 * Whether an error, or what caused it, says that a credential was not accepted: PostgreSQL's 28P01 and
 * 28000, MySQL's and MariaDB's 1045, Twilio's and others' 401. Never throws.
 */
export function isAuthError(error: unknown): boolean {
  const suspects = new Set([error]);
  // What is added meanwhile is looked at, too, and nothing twice: a chain of causes may be a ring.
  for (const suspect of suspects) {
    if (saysSo(suspect)) return true;
    if (suspects.size < most) for (const one of behind(suspect)) suspects.add(one);
  }
  return false;
}

function saysSo(error: unknown): boolean {
  if (codes.has(field(error, 'code')) || codes.has(field(error, 'errno'))) return true;
  return field(error, 'status') === 401 || field(error, 'statusCode') === 401;
}

function behind(error: unknown): readonly unknown[] {
  const cause = field(error, 'cause');
  const several = field(error, 'errors');
  try {
    return Array.isArray(several) ? [cause, ...several] : [cause];
  } catch {
    return [cause];
  }
}

/** An error is whatever somebody threw: reading it may throw again. */
function field(error: unknown, name: string): unknown {
  try {
    return typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
  } catch {
    return undefined;
  }
}
