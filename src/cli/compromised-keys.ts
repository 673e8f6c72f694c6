import { isCompromised } from '../app/compromised.ts';
import { textsIn } from '../rotation/redaction.ts';
import { spellingsOf } from '../rotation/spellings.ts';
import { Failure } from './failure.ts';
import { printableName } from './printable.ts';
import type { SecretVersion } from './secret-version.ts';
import type { Stage } from './stages.ts';

/** The keys whose values in a version are given to nobody. Of the current one applications need all. */
export function compromisedKeys(version: SecretVersion, stage: Stage): ReadonlySet<string> {
  if (stage === 'AWSCURRENT') return new Set();
  const entries = Object.entries(version.document);
  const marked = entries.filter(([key]) => isGivenToNobody(version, key));
  const texts = marked.flatMap(([, value]) => textsIn(value)).filter((text) => text !== '');
  const spellings = [...new Set(texts.flatMap(spellingsOf))];
  const holding = entries.filter(([, value]) => holdsOne(value, spellings));
  return new Set([...marked, ...holding].map(([key]) => key));
}

/** A list of earlier keys may have any name, and what is derived of a value holds it as it is written there. */
const holdsOne = (value: unknown, spellings: readonly string[]) =>
  textsIn(value).some((text) => spellings.some((spelling) => text.includes(spelling)));

/** Who has a key has the list of the earlier ones beside it, too. */
const isGivenToNobody = (version: SecretVersion, key: string) =>
  isCompromised(version, key) || isCompromised(version, key.replace(/_FALLBACKS$/, ''));

export const leftOutNotice = (key: string, stage: Stage) =>
  `The key ${printableName(key)} of ${stage} is left out: its value is marked as compromised.`;

/** Throws a Failure for a key whose value in a version is given to nobody. */
export function assertUncompromised(version: SecretVersion, stage: Stage, key: string): void {
  if (!compromisedKeys(version, stage).has(key)) return;
  throw new Failure(
    'KEY_COMPROMISED',
    `The value of ${printableName(key)} under ${stage} is marked as compromised, so it is not printed. ` +
      'Take the one under AWSCURRENT.',
  );
}
