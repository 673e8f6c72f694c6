import { isUtf8 } from 'node:buffer';
import { RotationError } from '../../rotation/errors.ts';
import { maximumBytes } from '../../rotation/plan.ts';
import { SecretDocument } from '../../rotation/secret-document.ts';
import { Failure } from '../failure.ts';
import { isPrintable, printableName } from '../printable.ts';
import { readSecretFile, type SecretFile } from '../read-secret-file.ts';

/** What came from a file; an empty object where none was named. */
export interface Given extends Omit<SecretFile, 'bytes'> {
  readonly document: SecretDocument;
}

/** Reads one JSON object from a file, or from standard input for `-`. Throws a Failure. */
export async function readGiven(path: string | undefined): Promise<Given> {
  if (path === undefined) return nothing;
  const { bytes, ...file } = await readSecretFile({ path, option, most: maximumBytes, tooLarge });
  try {
    return { ...file, document: parse(bytes) };
  } catch (error) {
    throw error instanceof RotationError ? unusable(error) : error;
  }
}

const option = '--from-file';

const nothing: Given = {
  document: SecretDocument.parse('{}'),
  remains: false,
  othersMayRead: false,
};

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

function unusable({ code, key = '' }: RotationError): Failure {
  if (code !== 'SECRET_DUPLICATE_KEY') return notAnObject();
  return new Failure(
    code,
    `The key ${printableName(key)} stands twice in the file, and readers may not agree on which one ` +
      'counts. Remove one of the two and run the same command again.',
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
