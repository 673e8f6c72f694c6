import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { isCompromised, isMark, marksOf } from '../../rotation/compromised.ts';
import type { Rotator } from '../../rotation/rotator.ts';
import type { SecretDocument } from '../../rotation/secret-document.ts';
import type { DescribedSecret } from '../described-secret.ts';
import { Failure } from '../failure.ts';
import { rotatorsOf } from './rotators-of.ts';
import { documentOf, readStored, type StoredValue } from './stored-value.ts';

interface Wanted {
  readonly secret: DescribedSecret;
  readonly value: StoredValue;
  readonly current: StoredValue;
  /** Those that the value had where it comes from. */
  readonly labels: readonly string[];
}

/**
 * Throws where a value would come back that is marked as compromised: its system may still accept it,
 * and so would whoever it was not meant for. What is current stays out of it: it is published already.
 */
export async function assertNotCompromised(
  client: SecretsManagerClient,
  { secret, value, current, labels }: Wanted,
): Promise<void> {
  const given = documentOf(value);
  if (!given) return;
  const published = documentOf(current);
  const versions = [{ labels, document: given }, ...(await readMarked(client, secret))];
  const marked = versions.filter((version) => version.labels.some(isMark));
  if (marked.length === 0) return;
  const returning = { given, published };
  const found = markedKey(returning, marked) ?? markedMember(returning, marked, secret.name);
  if (found !== undefined) throw compromised(found);
}

interface MarkedVersion {
  readonly labels: readonly string[];
  readonly document: SecretDocument;
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
function markedMember(returning: Returning, marked: readonly MarkedVersion[], name: string) {
  const keeping = rotatorsOf(name).filter(keepsEarlier);
  return keeping.flatMap((rotator) => membersBack(rotator, returning, marked))[0];
}

const keepsEarlier = ({ changes, optional }: Rotator) =>
  changes.some((key) => optional.includes(key));

/** The keys of a rotator that would hold a text again which stood with a marked one. */
function membersBack(
  rotator: Rotator,
  { given, published }: Returning,
  marked: readonly MarkedVersion[],
): readonly string[] {
  const ended = new Set(
    marked
      .filter((version) => isCompromised(rotator, version))
      .flatMap(({ document }) => rotator.changes.flatMap((key) => textsAt(document, key))),
  );
  return rotator.changes.filter((key) => {
    const there = published ? textsAt(published, key) : [];
    return textsAt(given, key).some((text) => ended.has(text) && !there.includes(text));
  });
}

/** A text, or those of a list. */
const textsAt = (document: SecretDocument, key: string): readonly string[] =>
  [document.get(key)].flat().filter((each) => typeof each === 'string');

async function readMarked(
  client: SecretsManagerClient,
  { arn, labelsOf }: DescribedSecret,
): Promise<readonly MarkedVersion[]> {
  const marked = [...labelsOf].filter(([, labels]) => labels.some(isMark));
  const read = marked.map(async ([versionId, labels]) => {
    const stored = await readStored(client, { secret: arn, versionId });
    const document = stored && documentOf(stored.value);
    return document ? [{ labels, document }] : [];
  });
  return (await Promise.all(read)).flat();
}

const compromised = (key: string) =>
  new Failure(
    'KEY_COMPROMISED',
    `${key} would hold a value again that is marked as compromised, so it does not become current. Leave ` +
      'the key out, with --only and the others, or give another value.',
  );
