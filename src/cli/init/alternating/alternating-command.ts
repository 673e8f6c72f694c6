import { Command, Option } from 'commander';
import { terminal } from '../../terminal.ts';
import { readOptions } from './options.ts';

export const alternatingCommand = new Command('postgres-alternating')
  .description(
    'Sets up two roles of a PostgreSQL that take turns, and publishes the first of them.',
  )
  .requiredOption('--secret <name>', 'the secret that is to name the role and its password')
  .requiredOption('--host <host>', "the database's host name, as its certificate has it")
  .option('--port <port>', 'its port', '5432')
  .option('--database <name>', 'the database to log in to', 'postgres')
  .option('--owner <role>', 'the role that both act as', 'app_owner')
  .option('--users <roles>', 'the two roles, with a comma between them', 'app_a,app_b')
  .addOption(
    new Option('--admin <role>', 'who sets them up; the password is asked for').default('postgres'),
  )
  .addOption(
    new Option('--admin-secret <name>', 'the secret that holds his name and password').conflicts(
      'admin',
    ),
  )
  .option('--admin-user-key <key>', 'the key in it that holds his name', 'username')
  .option('--admin-password-key <key>', 'the key in it that holds his password', 'password')
  .option('--user-key <key>', "the key for the role's name", 'DB_USER')
  .option('--password-key <key>', 'the key for its password', 'DB_PASSWORD')
  .addOption(
    new Option('--tls <how>', 'off sends passwords in plain text: only on this machine')
      .choices(['verify', 'off'])
      .default('verify'),
  )
  .option('--ca <file>', 'a certificate authority of your own (PEM)')
  .option('--dry-run', 'print the statements, and ask neither the database nor AWS')
  .option('--json', 'print one JSON document instead of sentences')
  .option('--yes', 'do not ask first')
  .addHelpText(
    'after',
    `
Both roles and their owner are made in one transaction. The first role can log in, with a password
that is made here and never shown; the second waits for the first rotation. Other keys of the
secret stay as they are; where there is none of that name, it is made. Safe to repeat: what an
earlier run left is gone on with, and roles of other people are never touched.

Name the administrator that the rotation uses: who makes the roles may change them later.

Examples:
  keyturn init postgres-alternating --secret shop/production --host db.internal --admin-secret shop/admin
  keyturn init postgres-alternating --secret shop/production --host db.internal --dry-run`,
  )
  .allowExcessArguments(false)
  .action(async (given: object) => {
    const options = readOptions(given);
    const { initAlternating } = await import('./init-alternating.ts');
    return initAlternating(options, terminal);
  });
