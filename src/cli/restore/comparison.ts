import { documentOf, sameStored, type StoredValue } from '../publish/stored-value.ts';

export type Difference = 'same' | 'different' | 'only in the backup' | 'only in the secret';

/** A key's name, and how its value stands in the backup and in the secret. Holds no value. */
export interface ComparedKey {
  readonly key: string;
  readonly is: Difference;
}

/**
 * Compares by what is written, byte for byte, and tells names alone. A value that is no JSON object
 * of keys is one thing without a name.
 */
export function compare(
  backup: StoredValue,
  secret: StoredValue | undefined,
): readonly ComparedKey[] {
  const [ours, theirs] = [documentOf(backup), secret && documentOf(secret)];
  if (!ours || (secret && !theirs)) {
    return [{ key: '(the whole value)', is: wholeDifference(backup, secret) }];
  }
  const all = [...new Set([...ours.keys, ...(theirs?.keys ?? [])])];
  return all.map((key) => ({ key, is: difference(ours.source(key), theirs?.source(key)) }));
}

const wholeDifference = (backup: StoredValue, secret: StoredValue | undefined): Difference => {
  if (!secret) return 'only in the backup';
  return sameStored(backup, secret) ? 'same' : 'different';
};

function difference(ours: string | undefined, theirs: string | undefined): Difference {
  if (ours === undefined) return 'only in the secret';
  if (theirs === undefined) return 'only in the backup';
  return ours === theirs ? 'same' : 'different';
}
