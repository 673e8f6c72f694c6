import { valueOf } from '../backup/backup-format.ts';
import type { DescribedSecret } from '../described-secret.ts';
import { Failure, Interrupted } from '../failure.ts';
import { inspectSecret } from '../inspection.ts';
import { printableName } from '../printable.ts';
import type { Held } from '../publish/judgement.ts';
import { keysConfiguredFor, keysToldBy, type KeysOfSecret } from '../publish/rotated-keys.ts';
import { documentOf, type StoredValue } from '../publish/stored-value.ts';
import { withValues } from '../publish/with-values.ts';
import type { SecretDocument } from '../../rotation/secret-document.ts';
import { hearingSignals } from '../signals.ts';
import { earlierKeys } from './earlier-keys.ts';
import type { Wanted } from './wanted.ts';

interface Request extends Wanted {
  readonly found: DescribedSecret;
  readonly current: Held;
}

interface Chosen {
  readonly value: StoredValue;
  /** Lists that keep what is current of a restored key. */
  readonly kept: readonly string[];
}

/**
 * The whole of the backup as it was stored, or what is current with some keys out of it. For those
 * the rotation function is asked which keys belong to them. Throws a Failure, or Interrupted.
 */
export async function valueToPublish(request: Request): Promise<Chosen> {
  const { options, version, current, found } = request;
  const { only } = options;
  if (!only) return { value: valueOf(version), kept: [] };
  const [ours, theirs] = [documentOf(valueOf(version)), documentOf(current.value)];
  if (!ours || !theirs) throw noKeys();
  const restored = Object.fromEntries(only.map((key) => [key, required(ours, key)]));

  const { rotated, derived } = await keysOf(request);
  const labels = found.labelsOf.get(current.versionId) ?? [];
  const lists = earlierKeys({ rotated, document: theirs, labels, values: restored });
  const values = { ...restored, ...lists };
  const { text } = withValues({ name: found.name, document: theirs, values, derived });
  return { value: { text }, kept: Object.keys(lists) };
}

/** Throws a Failure where `--only` names a key that the backup does not hold. */
export function assertHeld({ options: { only = [] }, version }: Wanted): void {
  if (only.length === 0) return;
  const document = documentOf(valueOf(version));
  if (!document) throw noKeys();
  for (const key of only) required(document, key);
}

/** These keys of the backup alone, as they are written there; the whole of it without `--only`. */
export function valueToCreate({ options: { only }, version }: Wanted): StoredValue {
  const value = valueOf(version);
  if (!only) return value;
  const document = documentOf(value);
  if (!document) throw noKeys();
  const members = [...new Set(only)].map((key) => {
    required(document, key);
    return `${JSON.stringify(key)}:${document.source(key) ?? 'null'}`;
  });
  return { text: `{${members.join(',')}}` };
}

/** Without a function, or with one that cannot be asked though that was said to be fine: as configured here. */
async function keysOf({ found, options }: Request): Promise<KeysOfSecret> {
  const { arn, name, functionArn } = found;
  if (functionArn === undefined) return keysConfiguredFor(name);
  return hearingSignals(async ({ signal }) => {
    try {
      return keysToldBy(await inspectSecret({ arn, functionArn }, signal));
    } catch (error) {
      if (signal.aborted) throw new Interrupted();
      if (options.unverified && error instanceof Failure) return keysConfiguredFor(name);
      throw error;
    }
  });
}

function required(document: SecretDocument, key: string) {
  const value = document.get(key);
  if (value !== undefined) return value;
  throw new Failure(
    'KEY_MISSING',
    `The backup holds no key ${printableName(key)}. It holds ${document.keys.map(printableName).join(', ')}.`,
  );
}

const noKeys = () =>
  new Failure(
    'SECRET_NOT_JSON_OBJECT',
    'Single keys can be restored only where the backup and the secret are one JSON object each. Leave ' +
      '--only out.',
  );
