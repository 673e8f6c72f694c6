import { Command } from 'commander';
import { secretIdOf } from './arguments.ts';
import { terminal } from './terminal.ts';

export const rollbackCommand = new Command('rollback')
  .description(
    'Takes the last rotation of a secret back: what was current before is current again.',
  )
  .argument('<secret>', 'the name or ARN of the secret')
  .option('--json', 'print one JSON document instead of sentences', false)
  .option('--yes', 'do not ask first', false)
  .addHelpText(
    'after',
    '\nIt is possible as long as the credentials from before still work, that is until the grace of ' +
      'the\nfirst of them ends. What was undone is revoked a few minutes later. Safe to repeat: a ' +
      'second run\nnever goes forward again. Ctrl-C ends the waiting alone: the function goes on.\n\nExample:\n  keyturn rollback reminder-app/production',
  )
  .allowExcessArguments(false)
  .action(async (given: string, options: { json: boolean; yes: boolean }) => {
    const secret = secretIdOf(given);
    const { rollback } = await import('./rollback.ts');
    return rollback({ secret, ...options }, terminal);
  });
