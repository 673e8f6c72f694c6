import { assertHeld, textOf } from '../exec/variables.ts';
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
  const { document } = await readVersion(version);
  assertHeld(document, [key]);
  await printValue(textOf(document[key]) + (newline ? '\n' : ''));
}
