import { Command } from 'commander';
import { listed } from '../listed.ts';
import { terminal } from '../terminal.ts';
import { readBackupOptions } from './options.ts';

export const backupCommand = new Command('backup')
  .description('Writes a secret with its values to a file that only the recipients can open.')
  .argument('<secret>', 'the name or ARN of the secret')
  .option('-o, --output <file>', 'the file to write; - is standard output')
  .option('-r, --recipient <age1…>', 'who may open it; may be repeated', listed)
  .option('-R, --recipients-file <file>', 'one recipient on each line; may be repeated', listed)
  .option('-p, --passphrase', 'ask for a passphrase instead')
  .option('--passphrase-file <file>', 'take the passphrase from its one line; - is standard input')
  .option('-a, --armor', 'write letters instead of bytes')
  .option('--current-only', 'only the version under AWSCURRENT')
  .option('--force', 'replace the file if it is there')
  .option('--json', 'print one JSON document instead of sentences')
  .addHelpText(
    'after',
    `
The file is in the format of age (age-encryption.org), and the tool age opens it: age -d -i
identity.txt FILE. There is no way to write clear text. It holds every version that carries a label,
byte for byte, so this command needs secretsmanager:GetSecretValue, and kms:Decrypt on the key.
The credentials in a backup die with the rotations after it: make one after each (docs/backup.md).

Examples:
  age-keygen -o identity.txt
  keyturn backup reminder-app/production --output production.age --recipient age1…
  keyturn backup reminder-app/production -o production.age -R recipients.txt --force
  keyturn backup reminder-app/production -o production.age --passphrase`,
  )
  .allowExcessArguments(false)
  .action(async (secret: string, given: object) => {
    const options = readBackupOptions({ ...given, secret });
    const { backup } = await import('./backup.ts');
    return backup(options, terminal);
  });
