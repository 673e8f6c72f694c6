import { isUtf8 } from 'node:buffer';
import { open, type FileHandle } from 'node:fs/promises';
import { isatty } from 'node:tty';
import { RotationError } from '../../rotation/errors.ts';
import { maximumBytes } from '../../rotation/plan.ts';
import { SecretDocument } from '../../rotation/secret-document.ts';
import { Failure, UsageError } from '../failure.ts';
import { isPrintable, printableName } from '../printable.ts';

/** What came from a file; an empty object where none was named. */
export interface Given {
  readonly document: SecretDocument;
  /** A file that stays behind, with the values in it. */
  readonly remains: boolean;
  readonly othersMayRead: boolean;
}

/** Reads one JSON object from a file, or from standard input for `-`. Throws a Failure. */
export async function readGiven(path: string | undefined): Promise<Given> {
  if (path === undefined) return { ...passing, document: SecretDocument.parse('{}') };
  try {
    return path === '-' ? await readStandardInput() : await readFile(path);
  } catch (error) {
    throw unreadable(error);
  }
}

const passing = { remains: false, othersMayRead: false };

async function readStandardInput(): Promise<Given> {
  if (process.stdin.isTTY) throw wouldShow();
  return { ...passing, document: parse(await bytesOf(process.stdin)) };
}

async function readFile(path: string): Promise<Given> {
  const file = await open(path);
  try {
    return await readOpened(file);
  } finally {
    await file.close();
  }
}

async function readOpened(file: FileHandle): Promise<Given> {
  if (isatty(file.fd)) throw wouldShow();
  const about = await file.stat();
  const document = parse(await bytesOf(file.createReadStream({ autoClose: false })));
  const remains = about.isFile();
  const shared = process.platform !== 'win32' && (about.mode & 0o077) !== 0;
  return { document, remains, othersMayRead: remains && shared };
}

async function bytesOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maximumBytes) throw tooLarge();
  }
  return Buffer.concat(chunks);
}

function parse(bytes: Buffer): SecretDocument {
  if (!isUtf8(bytes)) throw notAnObject();
  // A byte order mark, which this takes off, is no part of the text.
  const document = SecretDocument.parse(new TextDecoder().decode(bytes));
  const odd = document.keys.findIndex((key) => key === '' || !isPrintable(key));
  if (odd < 0) return document;
  throw new Failure(
    'KEY_UNUSABLE',
    `The name of key ${odd + 1} in the file is empty, or holds control characters. Correct it and run ` +
      'the same command again.',
  );
}

/** The path is not repeated: somebody may have put the value in its place. */
function unreadable(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof RotationError && error.code === 'SECRET_DUPLICATE_KEY') {
    return new Failure(
      error.code,
      `The key ${printableName(error.key ?? '')} stands twice in the file, and readers may not agree ` +
        'on which one counts. Remove one of the two and run the same command again.',
    );
  }
  if (error instanceof RotationError) return notAnObject();
  const code: unknown = error instanceof Error && 'code' in error ? error.code : 'unknown';
  return new Failure(
    'FILE_UNREADABLE',
    `The file of --from-file cannot be read (${String(code)}). Name one that exists and that you may read.`,
  );
}

const notAnObject = () =>
  new Failure(
    'SECRET_NOT_JSON_OBJECT',
    'What --from-file names is not one JSON object in UTF-8, such as {"DB_PASSWORD": "…"}. Correct it ' +
      'and run the same command again.',
  );

const tooLarge = () =>
  new Failure(
    'VALUE_TOO_LARGE',
    `What --from-file names holds more than ${maximumBytes} bytes, the most that Secrets Manager stores. ` +
      'Leave out keys that the application does not need.',
  );

const wouldShow = () =>
  new UsageError(
    '--from-file names a terminal, which shows what is typed. Pipe a file in, or leave --from-file out ' +
      'to be asked for the values.',
  );
