import { Command } from 'commander';
import { listed } from '../listed.ts';
import { terminal } from '../terminal.ts';
import { readRestoreOptions } from './options.ts';

export const restoreCommand = new Command('restore')
  .description('Shows what is in a backup, and publishes it again where its credentials work.')
  .argument('<file>', 'what keyturn backup wrote; - is standard input')
  .option('--secret <name>', 'restore into this secret (default: the one that was backed up)')
  .option('-i, --identity <file>', 'a file with identities of age; may be repeated', listed)
  .option('--passphrase-file <file>', 'take the passphrase from its one line; - is standard input')
  .option('--stage <label>', 'the version that had this label (default: AWSCURRENT)')
  .option(
    '--only <keys>',
    'these keys alone, with commas; the others stay as they are, or out with --create',
  )
  .option('--list', 'show key names and what differs, and change nothing (also --dry-run)')
  .option('--dry-run', 'the same as --list')
  .option('--create', 'make the secret anew where it is gone')
  .option('--kms-key <id>', 'with --create: encrypt with this key (default: as it was)')
  .option('--shared', 'restore although another secret may hold the same credentials')
  .option('--unverified', 'publish although nobody can be asked whether the credentials work')
  .option('--force', 'publish a refused credential where the one in AWSCURRENT is refused, too')
  .option('--json', 'print one JSON document instead of sentences')
  .option('--yes', 'do not ask first')
  .addHelpText(
    'after',
    `
The value is stored beside AWSCURRENT, under the label KEYTURN_PROPOSED, and the rotation function
asks every system whether it accepts it; only then it becomes current. Values are never shown. A
backup from before a rotation usually holds credentials that were ended since: take the keys that
still count with --only. A credential belongs to one secret: into another than the one that was
backed up it goes only where that one is gone, or with --shared. A passphrase is asked for where the backup was made with one.

Examples:
  keyturn restore production.age --identity identity.txt --list
  keyturn restore production.age --identity identity.txt --only SECRET_KEY
  keyturn restore production.age --identity identity.txt --create --secret shop/production`,
  )
  .allowExcessArguments(false)
  .action(async (file: string, given: object) => {
    const options = readRestoreOptions({ ...given, file });
    const { restore } = await import('./restore.ts');
    return restore(options, terminal);
  });
