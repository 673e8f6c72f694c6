import { Command, Option } from 'commander';
import { namedSecret } from '../named-secret.ts';
import { type Stage, stages } from '../stages.ts';

interface GivenOptions {
  readonly secret?: string;
  readonly stage: Stage;
  readonly newline: boolean;
}

export const getCommand = new Command('get')
  .description('Prints the value of one key of a secret.')
  .argument('<key>', 'the key')
  .option('--secret <name>', 'the name or ARN of the secret (default: KEYTURN_SECRET_ID)')
  .addOption(
    new Option('--stage <label>', 'the version with this label')
      .choices(stages)
      .default('AWSCURRENT'),
  )
  .option('-n, --no-newline', 'print no newline after the value')
  .addHelpText(
    'after',
    '\nTexts are printed as they are, all else as JSON. A terminal shows the value, too.\n\nExample:\n' +
      '  PGPASSWORD=$(keyturn get DB_PASSWORD --secret reminder-app/production) psql',
  )
  .allowExcessArguments(false)
  .action(async (key: string, { secret, stage, newline }: GivenOptions) => {
    const wanted = { secret: namedSecret(secret), stage, key, newline };
    const { get } = await import('./get.ts');
    return get(wanted);
  });
