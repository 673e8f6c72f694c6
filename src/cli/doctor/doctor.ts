import { printValue } from '../print-value.ts';
import type { Terminal } from '../terminal.ts';
import { examine, type Wanted } from './examine.ts';
import { countOf } from './findings.ts';
import { report } from './report.ts';
import { ownSurroundings } from './surroundings.ts';

interface DoctorOptions extends Wanted {
  readonly json: boolean;
}

/** Tells what is wrong between here and a rotation, and answers whether nothing is. Changes nothing. */
export async function doctor(
  { json, ...wanted }: DoctorOptions,
  terminal: Terminal,
): Promise<boolean> {
  // Parts of the SDK that take no logger warn on the console; the checks say it instead.
  Object.assign(console, { warn: () => undefined });
  const surroundings = ownSurroundings();
  if (terminal.interactive && !json) {
    terminal.tell('Looking. A system that does not answer may take two minutes.\n');
  }
  const findings = await examine(wanted, surroundings);
  const count = countOf(findings);
  const healthy = count.fail === 0;
  const document = { secret: wanted.secretId, healthy, count, findings };
  if (json) await terminal.answer(`${JSON.stringify(document, null, 2)}\n`);
  // Its colours would not get past the terminal; what they colour is clean.
  else await printValue(report(findings));
  return healthy;
}
