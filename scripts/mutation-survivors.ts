import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';

const root = join(import.meta.dirname, '..');
const reportFile = join(root, '.stryker/mutation.json');
const page = join(root, 'docs/mutation-testing.md');
const [opening, closing] = ['<!-- measured -->', '<!-- /measured -->'];

const position = v.object({ line: v.number(), column: v.number() });
const mutantSchema = v.object({
  mutatorName: v.string(),
  replacement: v.optional(v.string(), ''),
  status: v.string(),
  location: v.object({ start: position, end: position }),
});
const reportSchema = v.object({
  files: v.record(v.string(), v.object({ source: v.string(), mutants: v.array(mutantSchema) })),
});

type Mutant = v.InferOutput<typeof mutantSchema>;
type Files = readonly [path: string, file: { source: string; mutants: readonly Mutant[] }][];

/**
 * Writes what the last run of Stryker measured into docs/mutation-testing.md. Reasons that stand
 * there stay with their mutants. Fails while a surviving mutant has none.
 */
async function main(): Promise<void> {
  const { files } = v.parse(reportSchema, JSON.parse(await readFile(reportFile, 'utf8')));
  const measured = Object.entries(files).toSorted(([one], [other]) => one.localeCompare(other));
  const text = await readFile(page, 'utf8');
  const [before = '', rest = ''] = text.split(opening);
  const [earlier = '', after = ''] = rest.split(closing);
  const survivors = survivorRows(measured, reasonsIn(earlier));
  const tables = [scoreTable(measured), survivorTable(survivors)].join('\n\n');
  await writeFile(page, `${before}${opening}\n\n${tables}\n\n${closing}${after}`);

  const open = survivors.filter(({ reason }) => reason === '');
  for (const { what } of open) process.stderr.write(`No reason yet: ${what}\n`);
  if (open.length > 0) process.exitCode = 1;
}

function scoreTable(files: Files): string {
  const rows = files
    .filter(([, { mutants }]) => mutants.length > 0)
    .map(([path, { mutants }]) => scoreRow(nameOf(path), mutants));
  const all = files.flatMap(([, { mutants }]) => mutants);
  return [
    '| file | score | killed | timed out | survived | not covered |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...rows,
    scoreRow('**all**', all),
  ].join('\n');
}

function scoreRow(name: string, mutants: readonly Mutant[]): string {
  const count = (status: string) => mutants.filter((mutant) => mutant.status === status).length;
  const [killed, timedOut] = [count('Killed'), count('Timeout')];
  const [survived, notCovered] = [count('Survived'), count('NoCoverage')];
  const score = (100 * (killed + timedOut)) / (killed + timedOut + survived + notCovered);
  return `| ${name} | ${score.toFixed(1)} % | ${killed} | ${timedOut} | ${survived} | ${notCovered} |`;
}

interface Row {
  readonly what: string;
  readonly reason: string;
}

function survivorRows(files: Files, reasons: ReadonlyMap<string, string>): readonly Row[] {
  return files.flatMap(([path, { source, mutants }]) =>
    mutants.filter(survives).map((mutant) => {
      const change = `${code(cut(source, mutant))} → ${code(mutant.replacement)}`;
      const what = `${nameOf(path)} | ${code(lineOf(source, mutant))} | ${change}`;
      return { what, reason: reasons.get(what) ?? '' };
    }),
  );
}

function survivorTable(rows: readonly Row[]): string {
  return [
    '| file | line | change | why no test can tell |',
    '| --- | --- | --- | --- |',
    ...rows.map(({ what, reason }) => `| ${what} | ${reason} |`),
  ].join('\n');
}

/** Rows of the table by what they explain; its cells may hold pipes, but only escaped ones. */
function reasonsIn(section: string): ReadonlyMap<string, string> {
  const rows = section
    .split('\n')
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));
  return new Map(
    rows.flatMap((cells) => {
      const [, file = '', line = '', change = '', reason = ''] = cells;
      return cells.length === 6 ? [[`${file} | ${line} | ${change}`, reason] as const] : [];
    }),
  );
}

const survives = ({ status }: Mutant) => status === 'Survived' || status === 'NoCoverage';

const nameOf = (path: string) => path.replace('src/rotation/', '');

const lineOf = (source: string, { location: { start } }: Mutant): string =>
  (source.split('\n')[start.line - 1] ?? '').trim();

function cut(source: string, { location: { start, end } }: Mutant): string {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  const last = lines.length - 1;
  return lines
    .map((line, at) =>
      line.slice(at === 0 ? start.column - 1 : 0, at === last ? end.column - 1 : undefined),
    )
    .join('\n');
}

/** On one line, and not too long a one. */
function code(text: string): string {
  const line = text
    .replaceAll(/\s+/g, ' ')
    .replaceAll('`', '´')
    .replaceAll('|', String.raw`\|`);
  return `\`${line.length > 70 ? `${line.slice(0, 70)}…` : line}\``;
}

await main();
