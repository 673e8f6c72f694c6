import { Command } from 'commander';
import { secretIdOf } from '../arguments.ts';
import { terminal } from '../terminal.ts';

export const statusCommand = new Command('status')
  .description('Shows how a secret stands: its versions, and which credentials work.')
  .argument('<secret...>', 'the names or ARNs of secrets')
  .option('--json', 'print one JSON document instead of a table', false)
  .allowExcessArguments(false)
  .action(async (given: readonly string[], options: { json: boolean }) => {
    const { status } = await import('./status.ts');
    return status({ secrets: given.map(secretIdOf), ...options }, terminal);
  });
