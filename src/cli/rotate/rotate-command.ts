import { Command, InvalidArgumentError } from 'commander';
import { secretIdOf } from '../arguments.ts';
import { interval } from '../exec/option-parsers.ts';
import { isPrintable } from '../printable.ts';
import { terminal } from '../terminal.ts';

interface Given {
  readonly compromised: readonly string[];
  readonly dryRun: boolean;
  readonly follow: boolean;
  readonly json: boolean;
  readonly timeout?: number;
  readonly yes: boolean;
}

export const rotateCommand = new Command('rotate')
  .description('Rotates a secret now, and shows the steps until it is done.')
  .argument('<secret>', 'the name or ARN of the secret')
  .option('--dry-run', 'run every check and rehearsal in the function, and change nothing', false)
  .option(
    '--compromised <key>',
    'end what this key holds at once, without its grace; may be given again',
    keys,
    [],
  )
  .option('--no-follow', 'begin only, and do not wait for the end')
  .option('--timeout <time>', 'how long to follow, such as 90s or 15m (default: 15m)', interval)
  .option('--json', 'print one JSON document instead of sentences', false)
  .option('--yes', 'do not ask first', false)
  .addHelpText(
    'after',
    '\nSecrets Manager rotates, by the function and on the schedule the secret has; this command begins ' +
      'it\nand watches. Ctrl-C ends the watching alone. keyturn rotate SECRET again follows a rotation that ' +
      'is still\npending. The steps come from the log of the function; who may not read that sees how it ends.' +
      '\n\nExit codes: 0 rotated, or ready (--dry-run); 1 refused, taken back, or not over in time; 2 wrong ' +
      'usage;\n130 Ctrl-C.' +
      '\n\nExamples:' +
      '\n  keyturn rotate reminder-app/production' +
      '\n  keyturn rotate reminder-app/production --dry-run' +
      '\n  keyturn rotate reminder-app/production --compromised TWILIO_AUTH_TOKEN' +
      '\n  keyturn rotate reminder-app/production --yes --json --timeout 5m',
  )
  .allowExcessArguments(false)
  .action(async (given: string, { timeout = 900_000, ...options }: Given) => {
    const secret = secretIdOf(given);
    const { rotate } = await import('./rotate.ts');
    return rotate({ secret, timeoutMs: timeout, ...options }, terminal);
  });

/** Names of keys, one an option. What was given is not quoted: it may be a value in the wrong place. */
function keys(text: string, earlier: readonly string[]): readonly string[] {
  if (/^[^-]/.test(text) && text.length <= 256 && isPrintable(text)) return [...earlier, text];
  throw new InvalidArgumentError('It takes the name of a key.');
}
