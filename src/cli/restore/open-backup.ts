import { createReadStream } from 'node:fs';
import { armor, Decrypter } from 'age-encryption';
import { parseBackup, type BackupDocument } from '../backup/backup-format.ts';
import { askPassphrase, deriving, readPassphrase } from '../backup/passphrase.ts';
import { errorCode } from '../error-code.ts';
import { Failure, UsageError } from '../failure.ts';
import { readBounded, TooLarge } from '../read-bounded.ts';
import { shared } from '../read-secret-file.ts';
import type { Terminal } from '../terminal.ts';
import { readIdentities } from './identities.ts';
import type { RestoreOptions } from './options.ts';

type Key = Pick<RestoreOptions, 'file' | 'identity' | 'passphraseFile'>;

/**
 * Reads and opens a backup. Every byte of it is authenticated before any of it is used. Throws a
 * Failure that quotes nothing of it, nor of what opens it.
 */
export async function openBackup(key: Key, terminal: Terminal): Promise<BackupDocument> {
  const file = unarmored(await read(key.file));
  const isByPassphrase = hasPassphrase(file);
  const decrypter = isByPassphrase
    ? await byPassphrase(key, terminal)
    : await byIdentities(key, terminal);
  if (isByPassphrase) terminal.tell(deriving);
  const clear = await decrypt(decrypter, file);
  try {
    return parseBackup(clear);
  } finally {
    clear.fill(0);
  }
}

/** In bytes. Twenty labelled versions of a secret's largest size, each letter escaped, and armored. */
const largest = 16 * 2 ** 20;

async function read(path: string): Promise<Buffer> {
  try {
    return await readBounded(path === '-' ? process.stdin : createReadStream(path), largest);
  } catch (error) {
    if (error instanceof TooLarge) throw tooLarge();
    throw new Failure(
      'FILE_UNREADABLE',
      `The backup cannot be read (${errorCode(error)}). Name a file that exists and that you may read.`,
    );
  }
}

function unarmored(file: Buffer): Uint8Array {
  if (file.subarray(0, magic.length).toString('latin1') === magic) return file;
  if (!/^\s*-----BEGIN AGE/.test(file.subarray(0, 256).toString('latin1'))) throw noBackup();
  try {
    return armor.decode(file.toString('latin1'));
  } catch {
    throw damaged();
  }
}

const magic = 'age-encryption.org/v1\n';

/** Such a file has one lock, and it stands in the header's second line. */
const hasPassphrase = (file: Uint8Array) =>
  Buffer.from(file).subarray(magic.length).toString('latin1', 0, 10) === '-> scrypt ';

async function byPassphrase({ passphraseFile }: Key, terminal: Terminal): Promise<Decrypter> {
  const decrypter = new Decrypter();
  if (passphraseFile === undefined) {
    decrypter.addPassphrase(await askPassphrase(terminal));
    return decrypter;
  }
  const { text, othersMayRead } = await readPassphrase(passphraseFile);
  if (othersMayRead) terminal.tell(shared('--passphrase-file'));
  decrypter.addPassphrase(text);
  return decrypter;
}

async function byIdentities({ identity }: Key, terminal: Terminal): Promise<Decrypter> {
  if (identity.length === 0) {
    throw new UsageError(
      'The backup opens with an identity. Name its file with --identity identity.txt.',
    );
  }
  const decrypter = new Decrypter();
  for (const each of await readIdentities(identity, terminal)) decrypter.addIdentity(each);
  return decrypter;
}

async function decrypt(decrypter: Decrypter, file: Uint8Array): Promise<Uint8Array> {
  try {
    return await decrypter.decrypt(file);
  } catch (error) {
    throw error instanceof Error && /no identity matched/.test(error.message)
      ? notOpened()
      : damaged();
  }
}

const noBackup = () =>
  new Failure('BACKUP_INVALID', 'That is no file of age. Name one that keyturn backup wrote.');

const tooLarge = () =>
  new Failure(
    'BACKUP_INVALID',
    'That is larger than a backup gets. Name the file that keyturn backup wrote.',
  );

const notOpened = () =>
  new Failure(
    'BACKUP_NOT_OPENED',
    'The backup does not open with that passphrase or identity, or its header is damaged. Use the one ' +
      'that it was made for, or another copy of the file.',
  );

const damaged = () =>
  new Failure(
    'BACKUP_DAMAGED',
    'The backup is not as it was written: bytes were changed or are missing. Nothing of it was used. Take ' +
      'another copy of the file.',
  );
