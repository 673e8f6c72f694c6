import { Command, Option } from 'commander';
import { listed } from '../listed.ts';
import { terminal } from '../terminal.ts';
import { alternatingCommand } from './alternating/alternating-command.ts';
import { assertNoCommand } from './misspelt.ts';
import { environments, readOptions } from './options.ts';

export const initCommand = new Command('init')
  .description('Creates the secret, before the first deployment. It never overwrites one.')
  .argument('[secret]', 'the name of the secret (default: reminder-app/ and the environment)')
  .addOption(
    new Option(
      '--environment <name>',
      'the environment of the application (default: what the name of the secret ends with, or development)',
    ).choices(environments),
  )
  .option('--from-file <file>', 'a JSON object with values; - is standard input')
  .option('--key <name>', 'ask for this key too; may be repeated', listed)
  .option('--generate <name>', 'generate this key; may be repeated', listed)
  .addOption(
    new Option('--without <name>', 'leave out a key the rotators would need; may be repeated')
      .argParser(listed)
      .default([], 'none'),
  )
  .option('--kms-key <arn>', 'encrypt with this customer managed key')
  .option('--description <text>', 'a description, which is not secret')
  .option(
    '--rotate <what>',
    'KEY=rotator,option=value: rotate these keys instead; may be repeated',
    listed,
  )
  .option(
    '--parameter <name=value>',
    'a parameter of template.yaml to deploy with; may be repeated',
    listed,
  )
  .option('--stack-name <name>', 'the stack (default: keyturn- and the environment, or the secret)')
  .option('--no-files', 'write no samconfig.toml and no rotation.config.ts')
  .option('--files-only', 'write these for a secret that exists, and create nothing else')
  .option('--dry-run', 'say what would be created, and create nothing')
  .option('--json', 'print one JSON document instead of sentences')
  .option('--yes', 'do not ask first')
  .addHelpText(
    'after',
    `
The keys are those that rotation.config.ts rotates: SECRET_KEY is generated; DB_PASSWORD,
TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are asked for, and the screen does not show them. Values
never come from arguments or variables. What a file holds is kept byte for byte. Ctrl-C at a
question creates nothing, and exits with 130; later it says whether the secret is there by then.

In a copy of Keyturn it also writes samconfig.toml, for "sam build && sam deploy" without a question, and
with --rotate a rotation.config.ts for those keys. On a terminal it asks for parameters that matter and
no --parameter says. What is in a file that is there stays in it.

Examples:
  keyturn init --environment production
  keyturn init --environment production --parameter DbInstance=orders --parameter RotateTwilio=true
  keyturn init shop/production --rotate SIGNING_KEY=random-key \
    --rotate PGPASSWORD=postgres-password,instance=orders,userKey=PGUSER
  keyturn init shop/production --files-only --parameter DbInstance=orders --yes
  keyturn init shop/production --without TWILIO_ACCOUNT_SID --without TWILIO_AUTH_TOKEN
  keyturn init shop/production --key STRIPE_KEY --generate WEBHOOK_SECRET
  pass show shop | keyturn init shop/production --from-file - --yes --json
  keyturn init --environment production --from-file values.json --dry-run`,
  )
  .allowExcessArguments(false)
  // Options behind the name of a subcommand are its own.
  .enablePositionalOptions()
  .addCommand(alternatingCommand)
  .action(async (secret: string | undefined, given: object) => {
    assertNoCommand(secret);
    const options = readOptions({ ...given, secret });
    const { init } = await import('./init.ts');
    return init(options, terminal);
  });
