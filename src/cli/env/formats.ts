import { dotenvLine } from './dotenv.ts';
import type { Format } from './format-names.ts';

type Write = (values: ReadonlyMap<string, string>) => string;

/** How variables are written. Throws a Failure where a format cannot hold a value. */
export const formats: Readonly<Record<Format, Write>> = {
  json: (values) => `${JSON.stringify(Object.fromEntries(values), null, 2)}\n`,
  dotenv: lines(dotenvLine),
  shell: lines((name, value) => `export ${name}='${value.replaceAll("'", String.raw`'\''`)}'`),
};

function lines(line: (name: string, value: string) => string): Write {
  return (values) => [...values].map(([name, value]) => `${line(name, value)}\n`).join('');
}
