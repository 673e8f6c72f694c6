import { Command, Option } from 'commander';
import { names } from '../exec/option-parsers.ts';
import { namedSecret } from '../named-secret.ts';
import { type Stage, stages } from '../stages.ts';
import { type Format, formatNames } from './format-names.ts';

interface GivenOptions {
  readonly secret?: string;
  readonly stage: Stage;
  readonly format: Format;
  readonly only?: readonly string[];
}

export const envCommand = new Command('env')
  .description('Prints the values of a secret as variables.')
  .option('--secret <name>', 'the name or ARN of the secret (default: KEYTURN_SECRET_ID)')
  .addOption(
    new Option('--stage <label>', 'the version with this label')
      .choices(stages)
      .default('AWSCURRENT'),
  )
  .addOption(
    new Option('--format <format>', 'how to write them').choices(formatNames).default('shell'),
  )
  .option('--only <keys>', 'only these keys, separated by commas', names)
  .addHelpText(
    'after',
    `
shell: lines that sh reads. json: one object of texts. dotenv: lines that node --env-file, dotenv and
python-dotenv read; a value that these would read differently is refused. Keys that cannot be
variables, or that decide what code runs, are left out with a warning.

A program needs no such file: keyturn exec gives it the values, and nothing is left on the disk.

Examples:
  eval "$(keyturn env --secret reminder-app/production)"
  keyturn env --format json --only DB_PASSWORD,SECRET_KEY`,
  )
  .allowExcessArguments(false)
  .action(async ({ secret, ...options }: GivenOptions) => {
    const wanted = { ...options, secret: namedSecret(secret) };
    const { env } = await import('./env.ts');
    return env(wanted);
  });
