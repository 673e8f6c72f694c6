/**
 * Whether two ids, each a name or an ARN, can be of one secret. The ARN ends in the secret's name and
 * six characters that Secrets Manager adds, which may be left out.
 */
export function isSameSecret(one: string, other: string): boolean {
  if (!isArn(one) && !isArn(other)) return one === other;
  const ids = isArn(one) && isArn(other) ? [one, other] : [nameIn(one), nameIn(other)];
  const [short = '', long = ''] = ids.toSorted((a, b) => a.length - b.length);
  return long.startsWith(short) && /^(-[A-Za-z0-9]{6})?$/.test(long.slice(short.length));
}

const isArn = (id: string) => /^arn:[^:]+:secretsmanager:/.test(id);

/** The seventh part of an ARN, or a name as it is. */
const nameIn = (id: string) => (isArn(id) ? id.split(':').slice(6).join(':') : id);

/** An id for messages. The end of an ARN is left open, since it looks like a credential. */
export const shownSecret = (id: string) =>
  isArn(id) ? nameIn(id).replace(/-[A-Za-z0-9]{6}$/, '-??????') : id;
