import { Command, InvalidArgumentError, Option } from 'commander';
import { demonstrate } from './demo/demo.ts';
import { liveShow } from './demo/live-show.ts';
import { succeeded } from './demo/report.ts';
import { silentShow } from './demo/silent-show.ts';
import { interruption, Interruption } from './interruption.ts';
import { requireServer } from './servers/server-folder.ts';
import { everyKey, strategies } from './strategies/list.ts';
import type { Strategy } from './strategies/strategy.ts';
import { toStrategy } from './strategies/to-strategy.ts';

interface Options {
  readonly strategy: Strategy;
  readonly rotations: number;
  readonly json: boolean;
}

await new Command('npm start --')
  .description(
    'Rotates every key of reminder-app/production on this machine, under traffic, and shows it.',
  )
  .addOption(
    new Option('--strategy <name>', 'rotate in this way')
      .argParser(toStrategy)
      .default(everyKey, everyKey.title),
  )
  .option('--rotations <n>', 'how many rotations, one after the other', toCount, 1)
  .option('--json', 'print one JSON document instead', false)
  .addHelpText('after', ['', 'Strategies:', ...strategies.map(inALine)].join('\n'))
  .allowExcessArguments(false)
  .action(start)
  .parseAsync();

async function start({ strategy, rotations, json }: Options): Promise<void> {
  const signal = interruption();
  try {
    if (strategy.server) await requireServer(strategy.server);
    const show = json ? silentShow : liveShow(write);
    const report = await demonstrate({ strategy, rotations, show, signal });
    if (json) write(`${JSON.stringify(report, null, 2)}\n`);
    process.exitCode = succeeded(report) ? 0 : 1;
  } catch (error) {
    // A server that was interrupted, too, may be what is told first.
    const cause: unknown = signal.aborted ? signal.reason : error;
    if (!(cause instanceof Error)) throw cause;
    process.stderr.write(`${cause.message}\n`);
    // Everything has ended, but a rotation that was cut off would wait for systems that are gone.
    process.exit(cause instanceof Interruption ? cause.exitCode : 1);
  }
}

function write(text: string): void {
  process.stdout.write(text);
}

function inALine({ name, title }: Strategy): string {
  return `  ${name.padEnd(26)} ${title}`;
}

function toCount(text: string): number {
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1 to 999.');
}
