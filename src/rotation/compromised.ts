import { hash } from 'node:crypto';
import type { Rotator } from './rotator.ts';
import type { SecretVersion } from './secret-store.ts';

/** A label that says that a version's value of one key is known to somebody it was not meant for. */
export type Mark = `KEYTURN_COMPROMISED${'' | '2'}_${string}`;

export const isMark = (label: string): label is Mark => /^KEYTURN_COMPROMISED2?_/.test(label);

/**
 * The marks of a key. There are two, since a label is on one version at most: what is current may be
 * compromised while the version before it, which still bears its mark, must not be trusted again. Of
 * a name that no label should hold they bear a hash, which no other name equals.
 */
export function marksOf(key: string): readonly [Mark, Mark] {
  const name = /^\w{1,200}$/.test(key) ? key : `sha256-${hash('sha256', key)}`;
  return [`KEYTURN_COMPROMISED_${name}`, `KEYTURN_COMPROMISED2_${name}`];
}

/** What a rotator owns of a secret. */
type Owned = Pick<Rotator, 'changes' | 'optional'>;

/** The keys that are marked when a rotator's credential is: those that it must have. */
export const markedKeys = ({ changes, optional }: Owned): readonly string[] =>
  changes.filter((key) => !optional.includes(key));

/** Whether a version's credential of this rotator is marked, wholly or in part. */
export const isCompromised = (rotator: Owned, { labels }: Pick<SecretVersion, 'labels'>): boolean =>
  markedKeys(rotator)
    .flatMap(marksOf)
    .some((mark) => labels.includes(mark));
