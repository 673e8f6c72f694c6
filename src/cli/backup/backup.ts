import { hearingSignals } from '../signals.ts';
import { elsewhere, withSecretsManager } from '../secrets-manager.ts';
import { Failure, Interrupted } from '../failure.ts';
import { shared } from '../read-secret-file.ts';
import type { Terminal } from '../terminal.ts';
import { serialise, type BackedUp } from './backup-format.ts';
import { encrypt, type Lock } from './encrypt.ts';
import type { BackupOptions } from './options.ts';
import { askNewPassphrase, assertLong, deriving, readPassphrase } from './passphrase.ts';
import { readRecipients } from './recipients.ts';
import { takeBackup } from './take-backup.ts';
import { toldOf } from './told-labels.ts';
import { assertFree, writeBackup } from './write-file.ts';

/**
 * Reads a secret with its values and writes them to a file that is encrypted before any of it leaves
 * this process. Throws a Failure; then there is no file. May be called twice.
 */
export async function backup(options: BackupOptions, terminal: Terminal): Promise<void> {
  const target = { path: options.output, force: options.force };
  if (options.output !== '-') await assertFree(target);
  const lock = await lockOf(options, terminal);
  terminal.tell(elsewhere());
  const taken = await withSecretsManager((client) => takeBackup(client, options));
  if ('passphrase' in lock) terminal.tell(deriving);
  const encrypted = await encryptedOf(taken, lock, options);
  if (options.output === '-') return print(encrypted);

  await hearingSignals(async ({ signal }) => {
    await writeBackup(encrypted, target);
    if (signal.aborted) throw written();
  });
  await terminal.answer(report(taken, { options, lock, bytes: encrypted.length }));
}

/** A recipient that cannot be used is refused before anything is read. */
async function lockOf(options: BackupOptions, terminal: Terminal): Promise<Lock> {
  if (options.passphrase) return { passphrase: await askNewPassphrase(terminal) };
  if (options.passphraseFile === undefined) {
    const lock = { recipients: await readRecipients(options) };
    await encrypt(new Uint8Array(), lock, { armored: false });
    return lock;
  }
  const { text: passphrase, othersMayRead } = await readPassphrase(options.passphraseFile);
  if (othersMayRead) terminal.tell(shared('--passphrase-file'));
  assertLong(passphrase);
  return { passphrase };
}

/** The clear text is wiped where it stood; what the service's answer was made of is left to the runtime. */
async function encryptedOf(taken: BackedUp, lock: Lock, { armor: armored }: BackupOptions) {
  const clear = serialise(taken);
  try {
    return await encrypt(clear, lock, { armored });
  } finally {
    clear.fill(0);
  }
}

interface Written {
  readonly options: BackupOptions;
  readonly lock: Lock;
  readonly bytes: number;
}

function report({ secret, versions, createdAt }: BackedUp, written: Written): string {
  const { options, lock, bytes } = written;
  if (options.json) {
    const document = {
      outcome: 'backed-up',
      secret: secret.name,
      arn: secret.arn,
      createdAt,
      output: options.output,
      bytes,
      recipients: 'passphrase' in lock ? [] : lock.recipients,
      versions: versions.map(({ versionId, labels }) => ({ versionId, labels })),
    };
    return `${JSON.stringify(document, null, 2)}\n`;
  }
  const listed = versions.map(
    ({ versionId, labels }) => `  ${versionId}  ${toldOf(labels).join(', ') || '–'}\n`,
  );
  const how = 'passphrase' in lock ? '' : '--identity identity.txt ';
  return (
    `${secret.name} is in ${options.output} (${bytes} bytes), which opens with ${openerOf(lock)}.\n` +
    `${listed.join('')}Try it: keyturn restore ${options.output} ${how}--list\n`
  );
}

function openerOf(lock: Lock): string {
  if ('passphrase' in lock) return 'the passphrase';
  const { length } = lock.recipients;
  return length === 1 ? 'the identity of its recipient' : `any one of ${length} identities`;
}

async function print(bytes: Uint8Array): Promise<void> {
  const error = await new Promise<Error | undefined>((resolve) => {
    process.stdout.write(bytes, (failed) => resolve(failed ?? undefined));
  });
  if (error === undefined) return;
  throw new Failure(
    'OUTPUT_FAILED',
    'Standard output did not take the backup whole. Look at where it goes, and run the same command again.',
  );
}

const written = () =>
  new Interrupted('INTERRUPTED', 'Interrupted, when the file had been written. It is whole.');
