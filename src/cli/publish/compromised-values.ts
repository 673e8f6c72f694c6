import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { isCompromised, isMark, marksOf } from '../../rotation/compromised.ts';
import type { SecretDocument } from '../../rotation/secret-document.ts';
import type { DescribedSecret } from '../described-secret.ts';
import { Failure } from '../failure.ts';
import { printableName } from '../printable.ts';
import type { RotatedKeys } from './rotated-keys.ts';
import { documentOf, readStored, type StoredValue } from './stored-value.ts';

/** A version whose labels say that a value in it is known to somebody. Holds values. */
export interface MarkedVersion {
  readonly labels: readonly string[];
  readonly document: SecretDocument;
}

interface Wanted {
  readonly value: StoredValue;
  /** What is published already, which stays out of it. */
  readonly current?: StoredValue | undefined;
  readonly marked: readonly MarkedVersion[];
  readonly rotated: readonly RotatedKeys[];
}

/**
 * Throws where a value would come back that is marked as compromised: its system may still accept it,
 * and so would whoever it was not meant for.
 */
export function assertNotCompromised({ value, current, marked, rotated }: Wanted): void {
  const given = documentOf(value);
  if (!given || marked.length === 0) return;
  const returning = { given, published: current && documentOf(current) };
  const found = markedKey(returning, marked) ?? markedMember(returning, marked, rotated);
  if (found !== undefined) throw compromised(found);
}

/** Those of these versions that are marked, and are objects of keys. */
export const markedAmong = (
  versions: readonly { readonly labels: readonly string[]; readonly value: StoredValue }[],
): readonly MarkedVersion[] =>
  versions.flatMap(({ labels, value }) => {
    const document = labels.some(isMark) ? documentOf(value) : undefined;
    return document ? [{ labels, document }] : [];
  });

/** The marked versions of a secret. Reads their values, and nothing where there is none. Throws a Failure. */
export async function readMarked(
  client: SecretsManagerClient,
  { arn, labelsOf }: DescribedSecret,
): Promise<readonly MarkedVersion[]> {
  const marked = [...labelsOf].filter(([, labels]) => labels.some(isMark));
  const read = marked.map(async ([versionId, labels]) => {
    const stored = await readStored(client, { secret: arn, versionId });
    return stored ? [{ labels, value: stored.value }] : [];
  });
  return markedAmong((await Promise.all(read)).flat());
}

interface Returning {
  readonly given: SecretDocument;
  readonly published: SecretDocument | undefined;
}

function markedKey({ given, published }: Returning, marked: readonly MarkedVersion[]) {
  const returning = given.keys.filter((key) => given.source(key) !== published?.source(key));
  return returning.find((key) =>
    marked.some((version) => isMarkedIn(version, key, given.source(key))),
  );
}

const isMarkedIn = ({ labels, document }: MarkedVersion, key: string, source: string | undefined) =>
  marksOf(key).some((mark) => labels.includes(mark)) && document.source(key) === source;

/** Who had a key that keeps earlier ones beside it had those, too: each member of the list counts. */
const markedMember = (
  returning: Returning,
  marked: readonly MarkedVersion[],
  rotated: readonly RotatedKeys[],
) => rotated.filter(keepsEarlier).flatMap((keys) => membersBack(keys, returning, marked))[0];

const keepsEarlier = ({ changes, optional }: RotatedKeys) =>
  changes.some((key) => optional.includes(key));

/** The keys of a rotator that would hold a text again which stood with a marked one. */
function membersBack(
  keys: RotatedKeys,
  { given, published }: Returning,
  marked: readonly MarkedVersion[],
): readonly string[] {
  const ended = new Set(
    marked
      .filter((version) => isCompromised(keys, version))
      .flatMap(({ document }) => keys.changes.flatMap((key) => textsAt(document, key))),
  );
  return keys.changes.filter((key) => {
    const there = published ? textsAt(published, key) : [];
    return textsAt(given, key).some((text) => ended.has(text) && !there.includes(text));
  });
}

/** A text, or those of a list. */
const textsAt = (document: SecretDocument, key: string): readonly string[] =>
  [document.get(key)].flat().filter((each) => typeof each === 'string');

const compromised = (key: string) =>
  new Failure(
    'KEY_COMPROMISED',
    `${printableName(key)} would hold a value again that is marked as compromised, so it does not become ` +
      'current. Leave the key out, with --only and the others, or give another value.',
  );
