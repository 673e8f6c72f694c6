import { variablesOf } from '../exec/variables.ts';
import { printValue } from '../print-value.ts';
import { say } from '../say.ts';
import { readVersion } from '../secret-version.ts';
import type { Stage } from '../stages.ts';
import type { Format } from './format-names.ts';
import { formats } from './formats.ts';

interface Wanted {
  readonly secret: string;
  readonly stage: Stage;
  readonly format: Format;
  readonly only?: readonly string[] | undefined;
}

/** Prints the variables that a version of the secret becomes. Warns of keys that it leaves out. */
export async function env({ format, only, ...version }: Wanted): Promise<void> {
  const { document } = await readVersion(version);
  const { values, warnings } = variablesOf(document, only);
  const text = formats[format](values);
  for (const warning of warnings) say(warning);
  await printValue(text);
}
