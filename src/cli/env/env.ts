import { compromisedKeys, leftOutNotice } from '../compromised-keys.ts';
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
  const found = await readVersion(version);
  const { values, warnings } = variablesOf(found.document, only);
  const compromised = compromisedKeys(found, version.stage);
  const isLeftOut = (name: string) => compromised.has(name);
  const notices = [...values.keys()]
    .filter(isLeftOut)
    .map((key) => leftOutNotice(key, version.stage));
  const given = [...values].filter(([name]) => !isLeftOut(name));
  const text = formats[format](new Map(given));
  for (const warning of [...notices, ...warnings]) say(warning);
  await printValue(text);
}
