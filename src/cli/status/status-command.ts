import { Command } from 'commander';
import { secretIdOf } from '../arguments.ts';
import { terminal } from '../terminal.ts';
import { unlessInterrupted } from './unless-interrupted.ts';
import { watching } from './watching.ts';

interface GivenOptions {
  readonly json: boolean;
  readonly verbose: boolean;
  readonly watch?: true | string;
}

export const statusCommand = new Command('status')
  .description('Shows how secrets stand: their versions, and which credentials work.')
  .argument('[secret...]', 'names or ARNs of secrets (default: all that Keyturn rotates)')
  .option('--json', 'print one JSON document instead of tables', false)
  .option('--verbose', 'show everything of each secret, also where there are several', false)
  .option('--watch [seconds]', 'look again and again, every 2 seconds or so often')
  .addHelpText(
    'after',
    `
The rotation function asks every system whether it accepts what is current, previous and pending;
whoever runs this needs to reach no system, and may read no value. With --watch the systems are asked
again when labels change, and else every 5 minutes: each time superseded passwords are tried, too.
Where the output is no terminal, --watch prints what changed; with --json, a document in a line.

Exit codes: 0 all work, 1 one needs attention or could not be asked, 2 wrong usage, 130 Ctrl-C.

Examples:
  keyturn status
  keyturn status reminder-app/production
  keyturn status reminder-app/production --watch
  keyturn status --json | jq '.secrets[] | select(.state != "works") | .findings'`,
  )
  .action(async (given: readonly string[], { watch, ...options }: GivenOptions) => {
    const { everyMs, others } = watching(watch);
    const secrets = [...given, ...others].map(secretIdOf);
    const allWork = await unlessInterrupted(async (signal) => {
      const { status } = await import('./status.ts');
      return status({ secrets, everyMs, signal, ...options }, terminal);
    });
    if (!allWork) process.exitCode = 1;
  });
