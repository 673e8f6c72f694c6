import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { interruption, Interruption } from '../src/local/interruption.ts';
import { functionEnvironment } from './environment.ts';
import { loadNow } from './machine.ts';
import { reportOf, type Report } from './report.ts';
import { measureStarts } from './starts.ts';
import { measureSteps } from './steps.ts';
import { buildSubjects } from './subjects.ts';
import { tablesOf } from './tables.ts';

interface Options {
  readonly runs: number;
  readonly json: boolean;
}

await new Command('npm run bench --')
  .description('Measures the cold start of the built functions, and every step of a rotation.')
  .option('--runs <n>', 'how many times each cold start is measured', toCount, 30)
  .option('--json', 'print one JSON document instead', false)
  .allowExcessArguments(false)
  .action(run)
  .parseAsync();

async function run({ runs, json }: Options): Promise<void> {
  const signal = interruption();
  try {
    const report = await measure(runs, signal);
    process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : tablesOf(report));
  } catch (error) {
    // A process of a function that was interrupted too may be what is told first.
    const cause: unknown = signal.aborted ? signal.reason : error;
    if (!(cause instanceof Error)) throw cause;
    process.stderr.write(`${cause.message}\n`);
    process.exitCode = cause instanceof Interruption ? cause.exitCode : 1;
  }
}

async function measure(runs: number, signal: AbortSignal): Promise<Report> {
  const loadBefore = loadNow();
  const directory = await mkdtemp(join(tmpdir(), 'keyturn-bench-'));
  try {
    const { bare, client, rotate, reconcile, others } = await buildSubjects(directory);
    const nowhere = 'http://127.0.0.1:1';
    const starts = await measureStarts([bare, client, rotate, reconcile, ...others], {
      runs,
      environment: functionEnvironment({ awsUrl: nowhere, twilioUrl: nowhere }),
      signal,
    });
    const few = Math.min(runs, 3);
    const steps = await measureSteps(
      { rotate, reconcile },
      { processes: few, rotations: few, signal },
    );
    return reportOf({ runs, loadBefore, starts, steps });
  } finally {
    await rm(directory, { recursive: true });
  }
}

function toCount(text: string): number {
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1 to 999.');
}
