#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { Failure, UsageError } from './failure.ts';
import { rollback } from './rollback.ts';
import { terminal } from './terminal.ts';

const program = new Command('keyturn')
  .description('Operates the rotation of a secret by Keyturn.')
  .addHelpText(
    'after',
    '\nRegion and credentials come from where every AWS client takes them; AWS_ENDPOINT_URL points at ' +
      'the\nlocal stack. Exit codes: 0 done, 1 refused or failed, 2 wrong usage.',
  )
  .exitOverride();

program
  .command('rollback')
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
      'second run\nnever goes forward again.\n\nExample:\n  keyturn rollback reminder-app/production',
  )
  .allowExcessArguments(false)
  .exitOverride()
  .action((secret: string, options: { json: boolean; yes: boolean }) =>
    rollback({ secret, ...options }, terminal),
  );

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = codeOf(error);
}

/** Commander has said by itself what it throws about. */
function codeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (!(error instanceof Error)) throw error;
  terminal.tell(`${error.message}\n`);
  if (error instanceof Failure && process.argv.includes('--json')) {
    terminal.answer(`${JSON.stringify(error, null, 2)}\n`);
  }
  return error instanceof UsageError ? 2 : 1;
}
