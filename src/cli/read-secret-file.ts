import { open, type FileHandle } from 'node:fs/promises';
import { isatty } from 'node:tty';
import { errorCode } from './error-code.ts';
import { Failure, UsageError } from './failure.ts';
import { readBounded, TooLarge } from './read-bounded.ts';

interface Wanted {
  /** `-` is standard input. */
  readonly path: string;
  /** The option that names it. */
  readonly option: string;
  /** How many bytes it may hold. */
  readonly most: number;
  /** What is said of more; by default that it cannot be read. */
  readonly tooLarge?: (() => Failure) | undefined;
}

export interface SecretFile {
  readonly bytes: Buffer;
  /** Whether it stays behind, with what it holds: a pipe does not. */
  readonly remains: boolean;
  readonly othersMayRead: boolean;
}

/**
 * Reads a file that holds something secret. Throws a Failure that quotes neither the path, in whose
 * place somebody may have put the secret, nor what is in it; a UsageError for a terminal.
 */
export async function readSecretFile(wanted: Wanted): Promise<SecretFile> {
  try {
    return await (wanted.path === '-' ? readStandardInput(wanted) : readNamed(wanted));
  } catch (error) {
    throw error instanceof Failure ? error : unreadable(error, wanted);
  }
}

/** Said where the file is not its owner's alone. */
export const shared = (option: string): string =>
  `Others on this machine may read the file of ${option}. Take that away: chmod 600.\n`;

async function readStandardInput({ option, most }: Wanted): Promise<SecretFile> {
  if (process.stdin.isTTY) throw wouldShow(option);
  return { bytes: await readBounded(process.stdin, most), remains: false, othersMayRead: false };
}

async function readNamed(wanted: Wanted): Promise<SecretFile> {
  const file = await open(wanted.path);
  try {
    return await readOpened(file, wanted);
  } finally {
    await file.close();
  }
}

async function readOpened(file: FileHandle, { option, most }: Wanted): Promise<SecretFile> {
  if (isatty(file.fd)) throw wouldShow(option);
  const about = await file.stat();
  const bytes = await readBounded(file.createReadStream({ autoClose: false }), most);
  const remains = about.isFile();
  const isOpen = process.platform !== 'win32' && (about.mode & 0o077) !== 0;
  return { bytes, remains, othersMayRead: remains && isOpen };
}

function unreadable(error: unknown, { option, tooLarge }: Wanted): Failure {
  if (error instanceof TooLarge && tooLarge) return tooLarge();
  return new Failure(
    'FILE_UNREADABLE',
    `The file of ${option} cannot be read (${errorCode(error)}). Name one that exists and that you may read.`,
  );
}

const wouldShow = (option: string) =>
  new UsageError(
    `${option} names a terminal, which shows what is typed. Name a file, or pipe one in.`,
  );
