import { isCompromised } from '../../rotation/compromised.ts';
import type { JsonValue, SecretDocument } from '../../rotation/secret-document.ts';
import type { RotatedKeys } from '../publish/rotated-keys.ts';

interface Restored {
  readonly rotated: readonly RotatedKeys[];
  /** What is current, and its labels. */
  readonly document: SecretDocument;
  readonly labels: readonly string[];
  /** What comes out of the backup. */
  readonly values: Readonly<Record<string, JsonValue>>;
}

/**
 * The lists of earlier keys that go with keys which are restored without theirs: what is current goes
 * in front, so that what it signed still verifies; the restored one is not in it twice. One that is
 * marked as compromised stays out.
 */
export const earlierKeys = (restored: Restored): Readonly<Record<string, JsonValue>> =>
  Object.fromEntries(restored.rotated.flatMap((keys) => listOf(keys, restored)));

function listOf(
  keys: RotatedKeys,
  { document, labels, values }: Restored,
): readonly (readonly [string, JsonValue])[] {
  const { key, changes, optional } = keys;
  const list = changes.find((each) => optional.includes(each));
  const [now, then] = [document.get(key), values[key]];
  if (list === undefined || list in values || then === undefined || now === then) return [];
  const earlier = document.get(list) ?? [];
  if (typeof now !== 'string' || !Array.isArray(earlier)) return [];
  const kept = isCompromised(keys, { labels }) ? earlier : [now, ...earlier];
  return [[list, [...new Set(kept)].filter((each) => each !== then)]];
}
