/**
 * Whether two ids, each a name or an ARN, are of one secret for certain. An ARN ends in a hyphen and
 * six characters that Secrets Manager adds to the name; another secret's name may end like that too,
 * so an ARN without them is the same as no other ARN.
 */
export function isSameSecret(one: string, other: string): boolean {
  if (isArn(one) === isArn(other)) return one === other;
  return nameIn(one) === nameIn(other);
}

const isArn = (id: string) => /^arn:[^:]+:secretsmanager:/.test(id);

const ending = /-[A-Za-z0-9]{6}$/;

/** The seventh part of an ARN. */
const partIn = (arn: string) => arn.split(':').slice(6).join(':');

const nameIn = (id: string) => (isArn(id) ? partIn(id).replace(ending, '') || undefined : id);

/** An id for messages. The end of an ARN is left open, since it looks like a credential. */
export const shownSecret = (id: string) => (isArn(id) ? partIn(id).replace(ending, '-??????') : id);
