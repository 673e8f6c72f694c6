import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { isMark, marksOf } from '../../rotation/compromised.ts';
import type { SecretDocument } from '../../rotation/secret-document.ts';
import { Failure } from '../failure.ts';
import type { DescribedSecret } from './described-secret.ts';
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
  const [given, published] = [documentOf(value), documentOf(current)];
  if (!given) return;
  const returning = given.keys.filter((key) => given.source(key) !== published?.source(key));
  const marked = [{ labels, document: given }, ...(await readMarked(client, secret))];
  const found = returning.find((key) =>
    marked.some((version) => isMarkedIn(version, key, given.source(key))),
  );
  if (found !== undefined) throw compromised(found);
}

interface MarkedVersion {
  readonly labels: readonly string[];
  readonly document: SecretDocument;
}

const isMarkedIn = ({ labels, document }: MarkedVersion, key: string, source: string | undefined) =>
  marksOf(key).some((mark) => labels.includes(mark)) && document.source(key) === source;

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
    `That value of ${key} is marked as compromised, so it does not become current again. Leave the key ` +
      'out, with --only and the others, or give another value.',
  );
