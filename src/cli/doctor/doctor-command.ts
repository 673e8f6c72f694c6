import { Command } from 'commander';
import { secretIdOf } from '../arguments.ts';
import { names } from '../exec/option-parsers.ts';
import { UsageError } from '../failure.ts';
import { terminal } from '../terminal.ts';
import { secretArnIn } from './aws-arn.ts';

interface GivenOptions {
  readonly json: boolean;
  readonly values: boolean;
  readonly keys?: readonly string[];
}

export const doctorCommand = new Command('doctor')
  .description('Looks for what is wrong between here and a rotation, and says what to do about it.')
  .argument('[secret]', 'the name or ARN of the secret (default: KEYTURN_SECRET_ID)')
  .option('--json', 'print one JSON document instead of sentences', false)
  .option('--no-values', 'do not read values, for whoever may not and need not')
  .option('--keys <keys>', 'keys that the application needs, separated by commas', names)
  .addHelpText(
    'after',
    `
It looks at credentials, region, endpoint, clock, account, the secret, its rotation and labels, its
value as applications read it, settings that hide it, the function and its permission, what every
system says of the credentials, the daily run and the alarms. It changes nothing and shows no value;
values are read and looked at in memory. Run it where the application runs, as whom it runs: what is
found is what the application meets. docs/troubleshooting.md explains each code.

Exit codes: 0 nothing is wrong (there may be warnings), 1 something is, 2 wrong usage.

Examples:
  keyturn doctor reminder-app/production
  keyturn doctor --no-values reminder-app/production      # an operator, who may not read it
  KEYTURN_SECRET_ID=reminder-app/production keyturn doctor --keys DB_PASSWORD,SECRET_KEY --json`,
  )
  .allowExcessArguments(false)
  .action(async (given: string | undefined, options: GivenOptions) => {
    const secretId = ofSecret(secretIdOf(given ?? process.env.KEYTURN_SECRET_ID ?? unnamed()));
    const { doctor } = await import('./doctor.ts');
    const isHealthy = await doctor({ secretId, ...options }, terminal);
    // What never answered, such as a credential_process, would keep the command from its end.
    process.exit(isHealthy ? 0 : 1);
  });

/** Another service's ARN, or half of one, is asked about nowhere. */
function ofSecret(secretId: string): string {
  if (!secretId.startsWith('arn:') || secretArnIn(secretId)) return secretId;
  throw new UsageError(
    'That ARN is of no secret, or not all of it: one is ' +
      'arn:aws:secretsmanager:<region>:<account>:secret:<name>-<six characters>. The name alone does, too.',
  );
}

function unnamed(): never {
  throw new UsageError(
    'No secret is named. Give its name or ARN, or set the variable KEYTURN_SECRET_ID.',
  );
}
