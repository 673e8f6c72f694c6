import { labels } from '../../../rotation/secret-store.ts';
import type { SecretDocument } from '../../../rotation/secret-document.ts';
import { type Examined, findingsOf, type Finding } from '../finding.ts';
import type { Identity } from './account.ts';
import { examineDocument } from './document.ts';
import { readValue, type ReadValue, valueFinding } from './read-value.ts';
import { isNotFound } from './reason.ts';
import type { SeenSecret } from './secret.ts';

interface Wanted {
  readonly seen: SeenSecret;
  readonly identity: Identity;
  /** Keys that must be there; absent where nobody said. */
  readonly keys?: readonly string[] | undefined;
}

const { ok, fail } = findingsOf('value');

/** Reads what applications read, as they do. What it finds in a value it tells by the key's name. */
export async function examineValue({
  seen,
  identity,
  keys,
}: Wanted): Promise<Examined<SecretDocument>> {
  try {
    const value = await readValue(seen, labels.current);
    if (value.text === undefined) return { findings: [withoutText(value)] };
    const { findings, found } = examineDocument(value.text, { secretId: nameOf(seen), keys });
    return { findings: [...findings, ...(await others({ seen, identity }))], found };
  } catch (error) {
    return { findings: [valueFinding(error, { seen, label: labels.current, identity })] };
  }
}

const nameOf = ({ secretId, description }: SeenSecret) => description?.Name ?? secretId;

/** A superseded value bridges the moments around a rotation; a pending one may not be made yet. */
async function others({ seen, identity }: Wanted): Promise<readonly Finding[]> {
  const labelled = new Set(Object.values(seen.description?.VersionIdsToStages ?? {}).flat());
  const findings: Finding[] = [];
  for (const label of [labels.previous, labels.pending]) {
    if (!labelled.has(label)) continue;
    try {
      await readValue(seen, label);
      findings.push(ok(`${label} can be read.`));
    } catch (error) {
      if (!isNotFound(error)) findings.push(valueFinding(error, { seen, label, identity }));
    }
  }
  return findings;
}

const withoutText = ({ isBinary }: ReadValue) =>
  fail('SECRET_BINARY', {
    message: isBinary ? 'The secret is binary, and not text.' : 'The secret holds no text.',
    fix: 'Store one JSON object as text (SecretString).',
  });
