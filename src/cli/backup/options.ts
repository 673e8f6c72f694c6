import * as v from 'valibot';
import { UsageError } from '../failure.ts';
import { secretIdOf } from '../arguments.ts';
import { optionOf } from '../option-of.ts';

/** How `keyturn backup` was called. None of it is secret. */
export interface BackupOptions {
  readonly secret: string;
  /** `-` is standard output. */
  readonly output: string;
  readonly recipient: readonly string[];
  readonly recipientsFile: readonly string[];
  readonly passphrase: boolean;
  readonly passphraseFile?: string | undefined;
  readonly armor: boolean;
  readonly currentOnly: boolean;
  readonly force: boolean;
  readonly json: boolean;
}

const flag = v.optional(v.boolean(), false);
const several = v.optional(v.array(v.string()), []);

const schema = v.object({
  secret: v.string(),
  output: v.optional(v.string(), ''),
  recipient: several,
  recipientsFile: several,
  passphrase: flag,
  passphraseFile: v.optional(v.string()),
  armor: flag,
  currentOnly: flag,
  force: flag,
  json: flag,
});

/** Reads what commander parsed. Throws a UsageError, also where nothing says how to encrypt. */
export function readBackupOptions(given: unknown): BackupOptions {
  const parsed = v.safeParse(schema, given);
  if (!parsed.success) throw unusable(parsed.issues[0]);
  const options = { ...parsed.output, secret: secretIdOf(parsed.output.secret) };
  if (options.output === '') throw nowhere();
  assertEncrypted(options);
  assertOnePurpose(options);
  return options;
}

function assertEncrypted(options: BackupOptions): void {
  const byRecipient = options.recipient.length + options.recipientsFile.length > 0;
  const byPassphrase = options.passphrase || options.passphraseFile !== undefined;
  if (!byRecipient && !byPassphrase) throw clearText();
  if (byRecipient && byPassphrase) throw either();
  if (options.passphrase && options.passphraseFile !== undefined) throw twice();
}

/** Standard output takes one of the two. */
function assertOnePurpose({ output, json, armor }: BackupOptions): void {
  if (output !== '-') return;
  if (json)
    throw new UsageError('Standard output takes the backup or the report. Leave --json out.');
  if (process.stdout.isTTY && !armor) {
    throw new UsageError(
      'Standard output is a terminal. Name a file with --output, or add --armor.',
    );
  }
}

function unusable(issue: v.BaseIssue<unknown>): UsageError {
  return new UsageError(
    `${optionOf(issue)} cannot be used as it was given. See keyturn backup --help.`,
  );
}

const nowhere = () =>
  new UsageError('Say where to: --output FILE, or --output - for standard output.');

const clearText = () =>
  new UsageError(
    'A backup is never written in clear text. Say who may open it: --recipient age1…, --recipients-file, ' +
      'or --passphrase. age-keygen -o identity.txt makes a pair, and prints its recipient.',
  );

const either = () =>
  new UsageError(
    'A file that opens by a passphrase opens by nothing else. Leave out the recipients, or the passphrase.',
  );

const twice = () =>
  new UsageError('The passphrase is asked for, or comes from a file. Leave one of the two out.');
