import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { interruption, Interruption } from '../../src/local/interruption.ts';
import { loadNow } from '../machine.ts';
import { measureBursts } from './bursts.ts';
import { buildCandidates } from './candidates.ts';
import { measureImports } from './imports.ts';
import { measureOutages } from './outages.ts';
import { measurePrevious } from './previous.ts';
import { measureRates } from './rates.ts';
import { reportOf, type Extent, type Report } from './report.ts';
import { tablesOf } from './tables.ts';

interface Options {
  readonly runs: number;
  readonly quick: boolean;
  readonly json: boolean;
}

await new Command('npm run bench:app --')
  .description('Measures how an application reads its secret by Keyturn, and by others.')
  .option('--runs <n>', 'how many times each start is measured', toCount, 30)
  .addOption(new Option('--quick', 'everything once, and short').default(false).conflicts('runs'))
  .option('--json', 'print one JSON document instead', false)
  .allowExcessArguments(false)
  .action(run)
  .parseAsync();

async function run(options: Options): Promise<void> {
  const signal = interruption();
  try {
    const report = await measure(extentOf(options), signal);
    process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : tablesOf(report));
  } catch (error) {
    // A process of a candidate that was interrupted too may be what is told first.
    const cause: unknown = signal.aborted ? signal.reason : error;
    if (!(cause instanceof Error)) throw cause;
    process.stderr.write(`${cause.message}\n`);
    process.exitCode = cause instanceof Interruption ? cause.exitCode : 1;
  }
}

function extentOf({ runs, quick }: Options): Extent {
  if (quick) return { startRounds: 1, readRounds: 1, batchMs: 10, outageMs: 3_000 };
  return { startRounds: runs, readRounds: Math.ceil(runs / 3), batchMs: 200, outageMs: 10_000 };
}

async function measure(extent: Extent, signal: AbortSignal): Promise<Report> {
  const { startRounds, readRounds, batchMs, outageMs: spanMs } = extent;
  const loadBefore = loadNow();
  const directory = await mkdtemp(join(tmpdir(), 'keyturn-bench-app-'));
  try {
    const built = await buildCandidates(directory);
    const { keyturn, powertools, middy, sdk } = built;
    const clients = [keyturn, powertools, middy, sdk];
    return reportOf({
      extent,
      loadBefore,
      rates: await measureRates(built, { count: readRounds, batchMs, signal }),
      imports: await measureImports(built, { count: startRounds, signal }),
      bursts: await measureBursts(clients, signal),
      outages: await measureOutages(clients, { spanMs, signal }),
      previous: await measurePrevious(clients, signal),
    });
  } finally {
    await rm(directory, { recursive: true });
  }
}

function toCount(text: string): number {
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1 to 999.');
}
