import { RotationError } from './errors.ts';
import type { Rotator } from './rotator.ts';
import type { JsonValue, SecretDocument } from './secret-document.ts';

/** Builds a key from the others, such as a DATABASE_URL from its parts. */
export type Derive = (values: Readonly<Record<string, JsonValue>>) => string;

/** How one secret is rotated: which key by which rotator, and which keys are built from others. */
export interface Plan {
  readonly rotators: readonly Rotator[];
  readonly derived: Readonly<Record<string, Derive>>;
}

/** The most a secret's value may hold, in bytes of UTF-8; Secrets Manager's limit. */
export const maximumBytes = 65_536;

/** Throws `KEY_CLAIMED_TWICE` when two parts of the plan would write the same key. */
export function assertDisjoint({ rotators, derived }: Plan): void {
  const claims = new Map<string, string>();
  const claim = (key: string, by: string) => {
    const earlier = claims.get(key);
    if (earlier) throw claimedTwice(key, earlier, by);
    claims.set(key, by);
  };

  for (const rotator of rotators) {
    for (const key of rotator.changes) claim(key, `the rotator ${rotator.kind} of ${rotator.key}`);
  }
  for (const key of Object.keys(derived)) claim(key, 'the derived keys');
}

/** Throws when a configured key is missing from the secret or is not a text. */
export function assertKeys({ rotators }: Plan, document: SecretDocument): void {
  for (const rotator of rotators) {
    for (const key of requiredKeys(rotator)) assertText(document, key, rotator);
  }
}

/** Whether a version holds a credential of this rotator: somebody may have stored one without. */
export const holdsKeys = (rotator: Rotator, document: SecretDocument): boolean =>
  requiredKeys(rotator).every((key) => isText(document.get(key)));

const requiredKeys = ({ changes, reads, optional }: Rotator): readonly string[] =>
  [...changes, ...reads].filter((key) => !optional.includes(key));

const isText = (value: JsonValue | undefined): boolean => typeof value === 'string' && value !== '';

/** The document with every derived key rebuilt from the values beside it. */
export function rebuildDerived({ derived }: Plan, document: SecretDocument): SecretDocument {
  const values = Object.fromEntries(document.keys.map((key) => [key, document.get(key) ?? null]));
  const rebuilt = Object.entries(derived).map(([key, derive]) => [key, build(key, derive, values)]);
  return document.with(Object.fromEntries(rebuilt));
}

export function assertSize(document: SecretDocument): void {
  if (document.bytes <= maximumBytes) return;
  throw new RotationError(
    'VALUE_TOO_LARGE',
    `The new value would hold ${document.bytes} bytes; Secrets Manager stores at most ${maximumBytes}. ` +
      'Remove keys the application does not need, or keep fewer fallbacks, and rotate again.',
  );
}

/** Throws `CURRENT_CHANGED` when a key the rotation does not own differs between two versions. */
export function assertCarriedOver(plan: Plan, pending: SecretDocument, current: SecretDocument) {
  const key = foreignChange(plan, pending, current);
  if (key !== undefined) throw currentChanged(key);
}

/** A key that differs between two versions though no rotation changes it: somebody else did. */
export function foreignChange(
  plan: Plan,
  one: SecretDocument,
  other: SecretDocument,
): string | undefined {
  const owned = new Set([
    ...plan.rotators.flatMap((rotator) => rotator.changes),
    ...Object.keys(plan.derived),
  ]);
  const carried = [...one.keys, ...other.keys].filter((key) => !owned.has(key));
  return carried.find((key) => one.source(key) !== other.source(key));
}

function build(key: string, derive: Derive, values: Readonly<Record<string, JsonValue>>): string {
  const value = attempt(derive, values);
  if (typeof value === 'string') return value;
  throw new RotationError(
    'CONFIG_INVALID',
    `The derived key ${key} could not be built from the secret: its function in rotation.config.ts ` +
      'threw or did not return a text. Mend that function and rotate again.',
    { key },
  );
}

function attempt(derive: Derive, values: Readonly<Record<string, JsonValue>>): unknown {
  try {
    return derive(values);
  } catch {
    // Whatever it threw may quote a value; `build` says which key failed.
    return undefined;
  }
}

function assertText(document: SecretDocument, key: string, rotator: Rotator): void {
  const value = document.get(key);
  const needed = `the rotator ${rotator.kind} of ${rotator.key} needs it`;
  if (value === undefined) {
    throw new RotationError(
      'KEY_MISSING',
      `The key ${key} is missing from the secret, and ${needed}. Add it to the secret, or remove the ` +
        'rotator from rotation.config.ts, and rotate again.',
      { key },
    );
  }
  if (!isText(value)) {
    throw new RotationError(
      'KEY_NOT_TEXT',
      `The key ${key} must be a text that is not empty: ${needed}. Correct the secret and rotate again.`,
      { key },
    );
  }
}

const claimedTwice = (key: string, one: string, other: string) =>
  new RotationError(
    'KEY_CLAIMED_TWICE',
    `The key ${key} would be written by two: ${one}, and ${other}. ` +
      'Leave it to one of them in rotation.config.ts.',
    { key },
  );

const currentChanged = (key: string) =>
  new RotationError(
    'CURRENT_CHANGED',
    `The key ${key} was changed in the secret while it rotated, so the pending version no longer ` +
      'matches. It is taken back; rotate again to start from the new value.',
    { key },
  );
