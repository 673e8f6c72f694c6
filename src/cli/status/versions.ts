import { marksOf } from '../../rotation/compromised.ts';
import { ofValue } from '../../rotation/seen.ts';
import type { SecretStatus } from './secret-status.ts';

type Key = SecretStatus['keys'][number];
type Version = SecretStatus['versions'][number];

interface Told {
  readonly code: string;
  readonly key?: string | undefined;
  readonly message: string;
}

const order = ['AWSCURRENT', 'AWSPENDING', 'AWSPREVIOUS'];

/** Versions with the labels of Secrets Manager first. */
export const inOrder = (versions: readonly Version[]): Version[] =>
  versions.toSorted((a, b) => rankOf(a.labels) - rankOf(b.labels));

/** The credentials of each key, in the order of the versions. */
export function keysInOrder(keys: readonly Key[], versions: readonly Version[]): Key[] {
  const places = new Map(versions.map(({ versionId }, place) => [versionId, place]));
  const placeOf = ({ versionId }: { readonly versionId: string }) =>
    places.get(versionId) ?? versions.length;
  return keys.map((key) => ({
    ...key,
    credentials: key.credentials.toSorted((a, b) => placeOf(a) - placeOf(b)),
  }));
}

function rankOf(labels: readonly string[]): number {
  const rank = order.findIndex((label) => labels.includes(label));
  return rank < 0 ? order.length : rank;
}

/** Whether a mark says of what is not current any more that somebody has it who should not. */
export const isCompromised = (
  { changes, optional = [] }: Pick<Key, 'changes' | 'optional'>,
  labels: readonly string[],
): boolean =>
  !labels.includes('AWSCURRENT') &&
  changes
    .filter((key) => !optional.includes(key))
    .some((key) => marksOf(key).some((mark) => labels.includes(mark)));

/** The way out of a value that cannot be used, without a new one. */
export const takenBack = (secret: string): string =>
  `keyturn repair ${secret} takes AWSCURRENT back to the version before, where that one works.`;

/** What is wrong with a version that is not current: storing it anew, as its message says, helps nobody. */
export function problemLine(
  { name, labels }: { readonly name: string; readonly labels: readonly string[] },
  { code, key, message }: Told,
): string {
  if (!ofValue({ code })) return `${name}: ${message}`;
  const lacks = `${name} ${key === undefined ? 'is no usable JSON object' : `has no usable ${key}`}`;
  return labels.includes('AWSPENDING')
    ? `${lacks}, so it cannot become current.`
    : `Nothing to do: ${lacks}, so keyturn rollback cannot go back to it.`;
}
