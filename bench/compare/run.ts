import { Command, InvalidArgumentError, Option } from 'commander';
import { interruption, Interruption } from '../../src/local/interruption.ts';
import { requireServer } from '../../src/local/servers/server-folder.ts';
import { strategies } from '../../src/local/strategies/list.ts';
import type { Strategy } from '../../src/local/strategies/strategy.ts';
import { toStrategy } from '../../src/local/strategies/to-strategy.ts';
import { loadNow } from '../machine.ts';
import { compareStrategy } from './compare-strategy.ts';
import { writePage } from './page.ts';
import { type Report, reportOf, type Row, rowOf } from './report.ts';
import { tableOf } from './tables.ts';

interface Options {
  readonly rotations: number;
  readonly only?: readonly Strategy[];
  readonly json: boolean;
  readonly write: boolean;
  readonly skipMissing: boolean;
}

await new Command('npm run compare --')
  .description('Rotates by each strategy while it is used, and counts what failed.')
  .option('--rotations <n>', 'how many rotations by each', toCount, 3)
  .addOption(
    new Option('--only <name>', 'this strategy; may be given several times').argParser(
      toStrategies,
    ),
  )
  .option('--json', 'print one JSON document instead', false)
  .addOption(
    new Option('--write', 'put the table into docs/strategies.md').default(false).conflicts('only'),
  )
  .option('--skip-missing', 'exit with 0 although a server was not fetched', false)
  .allowExcessArguments(false)
  .action(run)
  .parseAsync();

async function run(options: Options): Promise<void> {
  const signal = interruption();
  try {
    const report = await compare(options, signal);
    process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : tableOf(report));
    if (options.write) await writePage(report);
    const isWhole = report.rows.every(({ missing }) => missing === undefined);
    process.exitCode = isWhole || options.skipMissing ? 0 : 1;
  } catch (error) {
    // What it started was interrupted, too, and may be what is told first.
    const cause: unknown = signal.aborted ? signal.reason : error;
    if (!(cause instanceof Error)) throw cause;
    process.stderr.write(`${cause.message}\n`);
    process.exit(cause instanceof Interruption ? cause.exitCode : 1);
  }
}

async function compare(options: Options, signal: AbortSignal): Promise<Report> {
  const { rotations, only = strategies } = options;
  const loadBefore = loadNow();
  const rows: Row[] = [];
  for (const strategy of only) {
    const missing = await missingFor(strategy);
    if (!missing) process.stderr.write(`${strategy.name} …\n`);
    const outcome = missing
      ? { missing }
      : { compared: await compareStrategy(strategy, { rotations, signal }) };
    rows.push(rowOf(strategy, outcome));
  }
  return reportOf({ loadBefore, rotations, rows });
}

async function missingFor({ server }: Strategy): Promise<string | undefined> {
  try {
    if (server) await requireServer(server);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'its server is missing';
  }
}

function toStrategies(name: string, others: readonly Strategy[] = []): readonly Strategy[] {
  return [...others, toStrategy(name)];
}

function toCount(text: string): number {
  if (/^[1-9]\d?$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1 to 99.');
}
