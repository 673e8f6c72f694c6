import { isCompromised as isMarked } from '../../rotation/compromised.ts';
import type { SecretStatus } from './secret-status.ts';

type Key = SecretStatus['keys'][number];
type Version = SecretStatus['versions'][number];

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
): boolean => !labels.includes('AWSCURRENT') && isMarked({ changes, optional }, { labels });

/** The way out of a value that cannot be used, without a new one. */
export const takenBack = (secret: string): string =>
  `keyturn repair ${secret} takes AWSCURRENT back to the version before, where that one works.`;
