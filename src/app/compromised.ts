import { createHash } from 'node:crypto';
import type { Snapshot } from './snapshot.ts';

/**
 * Whether a version carries the label that says that somebody has its value of a key. Such a value
 * verifies nothing any more, once another version is current.
 */
export const isCompromised = ({ labels }: Pick<Snapshot, 'labels'>, key: string): boolean =>
  labels.some((label) => label.startsWith(prefix)) &&
  marksOf(key).some((mark) => labels.includes(mark));

const prefix = 'KEYTURN_COMPROMISED';

/** A label is on one version at most, so there are two for each key. */
function marksOf(key: string): readonly string[] {
  const isPlain = /^\w{1,200}$/.test(key);
  const name = isPlain ? key : `sha256-${createHash('sha256').update(key).digest('hex')}`;
  return [`${prefix}_${name}`, `${prefix}2_${name}`];
}
