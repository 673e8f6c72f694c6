import { Command, InvalidArgumentError } from 'commander';
import { demonstrate } from './demo/demo.ts';
import { liveShow } from './demo/live-show.ts';
import { succeeded } from './demo/report.ts';
import { silentShow } from './demo/silent-show.ts';
import { interruption, Interruption } from './interruption.ts';

interface Options {
  readonly rotations: number;
  readonly json: boolean;
}

await new Command('npm start --')
  .description(
    'Rotates every key of reminder-app/production on this machine, under traffic, and shows it.',
  )
  .option('--rotations <n>', 'how many rotations, one after the other', toCount, 1)
  .option('--json', 'print one JSON document instead', false)
  .allowExcessArguments(false)
  .action(start)
  .parseAsync();

async function start({ rotations, json }: Options): Promise<void> {
  try {
    const report = await demonstrate(
      rotations,
      json ? silentShow : liveShow(write),
      interruption(),
    );
    if (json) write(`${JSON.stringify(report, null, 2)}\n`);
    process.exitCode = succeeded(report) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    process.stderr.write(`${error.message}\n`);
    // Everything has ended, but a rotation that was cut off would wait for systems that are gone.
    process.exit(error instanceof Interruption ? error.exitCode : 1);
  }
}

function write(text: string): void {
  process.stdout.write(text);
}

function toCount(text: string): number {
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1 to 999.');
}
