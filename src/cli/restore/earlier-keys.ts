import { isCompromised } from '../../rotation/compromised.ts';
import type { Rotator } from '../../rotation/rotator.ts';
import type { JsonValue, SecretDocument } from '../../rotation/secret-document.ts';
import { rotatorsOf } from '../publish/rotators-of.ts';

interface Restored {
  /** The name of the secret. */
  readonly name: string;
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
export function earlierKeys(restored: Restored): Readonly<Record<string, JsonValue>> {
  return Object.fromEntries(rotatorsOf(restored.name).flatMap((each) => listOf(each, restored)));
}

function listOf(
  rotator: Rotator,
  { document, labels, values }: Restored,
): readonly (readonly [string, JsonValue])[] {
  const { key, changes, optional } = rotator;
  const list = changes.find((each) => optional.includes(each));
  const [now, then] = [document.get(key), values[key]];
  if (list === undefined || list in values || then === undefined || now === then) return [];
  const earlier = document.get(list) ?? [];
  if (typeof now !== 'string' || !Array.isArray(earlier)) return [];
  const kept = isCompromised(rotator, { labels }) ? earlier : [now, ...earlier];
  return [[list, [...new Set(kept)].filter((each) => each !== then)]];
}
