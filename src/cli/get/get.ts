import { assertUncompromised } from '../compromised-keys.ts';
import { assertHeld, textOf } from '../exec/variables.ts';
import { Failure } from '../failure.ts';
import { printValue } from '../print-value.ts';
import { readVersion } from '../secret-version.ts';
import type { Stage } from '../stages.ts';

interface Wanted {
  readonly secret: string;
  readonly stage: Stage;
  readonly key: string;
  /** Whether a newline ends the output. */
  readonly newline: boolean;
}

/** Prints the value of one key. Throws a Failure, which names the keys that are there. */
export async function get({ key, newline, ...version }: Wanted): Promise<void> {
  const found = await readVersion(version);
  const { document } = found;
  assertHeld(document, [key]);
  assertUncompromised(found, version.stage, key);
  await printValue(wellFormed(key, textOf(document[key])) + (newline ? '\n' : ''));
}

/** Half a surrogate pair has no bytes of its own. */
function wellFormed(key: string, text: string): string {
  if (text.isWellFormed()) return text;
  throw new Failure(
    'NOT_A_VARIABLE',
    `The value of the key ${key} cannot be printed: it holds half of a surrogate pair. Store it encoded, ` +
      'as base64 for example.',
  );
}
