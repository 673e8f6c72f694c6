import { open } from 'node:fs/promises';
import { isatty } from 'node:tty';
import { Failure, UsageError } from '../failure.ts';
import { readBounded } from './read-bounded.ts';

export interface ReadText {
  readonly text: string;
  readonly othersMayRead: boolean;
}

/** What a file holds that opens backups; `-` is standard input. Throws a Failure that quotes nothing. */
export async function readText(path: string, option: string): Promise<ReadText> {
  if (path === '-') return { text: await standardInput(option), othersMayRead: false };
  try {
    const file = await open(path);
    try {
      if (isatty(file.fd)) throw wouldShow(option);
      const { mode } = await file.stat();
      const othersMayRead = process.platform !== 'win32' && (mode & 0o077) !== 0;
      const stream = file.createReadStream({ autoClose: false });
      return { text: (await readBounded(stream, largest)).toString(), othersMayRead };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    const code: unknown = error instanceof Error && 'code' in error ? error.code : 'unknown';
    throw new Failure(
      'FILE_UNREADABLE',
      `The file of ${option} cannot be read (${String(code)}). Name one that exists and that you may read.`,
    );
  }
}

/** Said where a file that opens backups is not its owner's alone. */
export const shared = (option: string): string =>
  `Others on this machine may read the file of ${option}. Take that away: chmod 600.\n`;

async function standardInput(option: string): Promise<string> {
  if (process.stdin.isTTY) throw wouldShow(option);
  return (await readBounded(process.stdin, largest)).toString();
}

/** In bytes: identities and recipients are lines. */
export const largest = 2 ** 20;

const wouldShow = (option: string) =>
  new UsageError(
    `${option} names a terminal, which shows what is typed. Name a file, or pipe one in.`,
  );
