import { createReadStream } from 'node:fs';
import { errorCode } from '../error-code.ts';
import { Failure, UsageError } from '../failure.ts';
import { readBounded } from '../read-bounded.ts';
import type { BackupOptions } from './options.ts';
import { largest } from './read-text.ts';

/** The recipients of the options and of files in age's own format, each once. Throws a Failure. */
export async function readRecipients({
  recipient,
  recipientsFile,
}: Pick<BackupOptions, 'recipient' | 'recipientsFile'>): Promise<readonly string[]> {
  const fromFiles = await Promise.all(recipientsFile.map(linesOf));
  const all = [...new Set([...recipient, ...fromFiles.flat()])];
  for (const each of all) assertSupported(each);
  if (all.some(isHybrid) && !all.every(isHybrid)) throw mixed();
  return all;
}

const isHybrid = (each: string) => /^age1(?:tag)?pq1/.test(each);

/** Empty lines and those with a # are none. */
async function linesOf(path: string): Promise<readonly string[]> {
  const bytes = await readBounded(createReadStream(path), largest).catch((error: unknown) => {
    throw unreadable(error);
  });
  const lines = bytes
    .toString()
    .split(/\r?\n/)
    .map((line) => line.trim());
  const recipients = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (recipients.length > 0) return recipients;
  throw new Failure(
    'RECIPIENT_UNUSABLE',
    'A file of --recipients-file names no recipient. Write one age1… on each line.',
  );
}

/** It is never repeated: somebody may have put the private half in its place. */
function assertSupported(recipient: string): void {
  const refused = refusals.find(([pattern]) => pattern.test(recipient));
  if (refused) throw new Failure('RECIPIENT_UNUSABLE', refused[1]);
}

const refusals: readonly (readonly [RegExp, string])[] = [
  [
    /^AGE-SECRET-KEY-/i,
    'That is an identity, the half that opens a backup, and it stands in the history of the shell by now ' +
      'if it was an argument. Make another pair with age-keygen, and give its recipient, age1….',
  ],
  [
    /^ssh-|^ecdsa-/,
    'Recipients that are SSH keys are not supported. Make a pair with age-keygen, and give its recipient, age1….',
  ],
  [
    /^age1(?!pq1|tag1|tagpq1)[a-z0-9]+1[a-z0-9]{20,}$/,
    'Recipients of a plugin of age are not supported. Make a pair with age-keygen, and give its recipient.',
  ],
  [
    /^(?!age1)/,
    'A recipient starts with age1. age-keygen -y identity.txt prints that of an identity.',
  ],
];

function unreadable(error: unknown): Failure {
  return new Failure(
    'FILE_UNREADABLE',
    `A file of --recipients-file cannot be read (${errorCode(error)}). Name one that exists and that you may read.`,
  );
}

const mixed = () =>
  new UsageError(
    'Recipients that withstand quantum computers (age1pq1…) and others do not go into one file: it would ' +
      'be as weak as the weakest. Leave one kind out.',
  );
