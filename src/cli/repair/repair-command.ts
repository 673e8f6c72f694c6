import { Command } from 'commander';
import { secretIdOf } from '../arguments.ts';
import { terminal } from '../terminal.ts';

interface Given {
  readonly json: boolean;
  readonly yes: boolean;
  readonly dryRun: boolean;
}

export const repairCommand = new Command('repair')
  .description(
    'Asks every system which credentials it accepts, and proposes the safe way out of what is wrong.',
  )
  .argument('<secret>', 'the name or ARN of the secret')
  .option('--dry-run', 'show what is wrong and what would be done, and do nothing', false)
  .option('--json', 'print one JSON document instead of a table', false)
  .option('--yes', 'do all that is proposed, without asking', false)
  .addHelpText(
    'after',
    '\nIt gets a secret out of a rotation that stuck, a commit or a rollback that died half-way, a password ' +
      'that\nsomebody changed, or a value that somebody stored and that does not work. The rotation function ' +
      'asks the\nsystems and does what you confirm; only where no credential that it knows works it takes a ' +
      'value from you,\nwhich is asked for on the terminal and not shown. Safe to repeat. Ctrl-C while the function ' +
      'works ends the\nwaiting alone. Exit code 0: the secret works, and nothing that is due is owed; 1: a person ' +
      'has to do\nsomething, and it says what; 130: Ctrl-C.\n\n' +
      'Examples:\n  keyturn repair reminder-app/production\n' +
      '  keyturn repair reminder-app/production --dry-run',
  )
  .allowExcessArguments(false)
  .action(async (given: string, { dryRun, ...options }: Given) => {
    const secret = secretIdOf(given);
    const { repair } = await import('./repair.ts');
    return repair({ secret, dryRun, ...options }, terminal);
  });
