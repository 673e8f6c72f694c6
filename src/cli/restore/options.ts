import * as v from 'valibot';
import { secretIdOf } from '../arguments.ts';
import { UsageError } from '../failure.ts';
import { optionOf } from '../option-of.ts';

/** How `keyturn restore` was called. None of it is secret. */
export interface RestoreOptions {
  /** `-` is standard input. */
  readonly file: string;
  readonly secret?: string | undefined;
  readonly identity: readonly string[];
  readonly passphraseFile?: string | undefined;
  /** A label that the version had when it was backed up. */
  readonly stage: string;
  /** Restore these keys alone. */
  readonly only?: readonly string[] | undefined;
  readonly list: boolean;
  readonly create: boolean;
  readonly kmsKey?: string | undefined;
  /** Restore although another secret may hold the same credentials. */
  readonly shared: boolean;
  readonly unverified: boolean;
  readonly force: boolean;
  readonly json: boolean;
  readonly yes: boolean;
}

const flag = v.optional(v.boolean(), false);

const keys = v.pipe(
  v.string(),
  v.transform((text) => text.split(',').map((key) => key.trim())),
  v.check((names) => names.every((name) => name !== ''), 'takes names of keys, with commas'),
);

const schema = v.object({
  file: v.string(),
  secret: v.optional(v.string()),
  identity: v.optional(v.array(v.string()), []),
  passphraseFile: v.optional(v.string()),
  stage: v.optional(v.pipe(v.string(), v.nonEmpty('takes a label')), 'AWSCURRENT'),
  only: v.optional(keys),
  list: flag,
  dryRun: flag,
  create: flag,
  kmsKey: v.optional(v.string()),
  shared: flag,
  unverified: flag,
  force: flag,
  json: flag,
  yes: flag,
});

/** Reads what commander parsed. Throws a UsageError that names the option and not what it held. */
export function readRestoreOptions(parsedByCommander: unknown): RestoreOptions {
  const parsed = v.safeParse(schema, parsedByCommander);
  if (!parsed.success) throw unusable(parsed.issues[0]);
  const { dryRun, secret, ...given } = parsed.output;
  const options = { ...given, list: given.list || dryRun };
  assertOneSource(options);
  assertOfUse(options);
  return { ...options, secret: secret === undefined ? undefined : secretIdOf(secret) };
}

/** What would be ignored may be what somebody relies on. */
function assertOfUse({
  create,
  list,
  kmsKey,
  force,
  unverified,
}: Pick<RestoreOptions, 'create' | 'list' | 'kmsKey' | 'force' | 'unverified'>): void {
  if (kmsKey !== undefined && !create) {
    throw new UsageError(
      '--kms-key is for a secret that --create makes. Leave it out, or add --create.',
    );
  }
  if (create && list) {
    throw new UsageError('--list and --dry-run change nothing, so there is nothing to --create.');
  }
  if (create && (force || unverified)) {
    throw new UsageError(
      'Nobody tries the credentials of a secret that --create makes. Leave out --force and --unverified, ' +
        'or --create where the secret is there.',
    );
  }
}

/** Standard input holds one thing. */
function assertOneSource({
  file,
  identity,
  passphraseFile = '',
}: Pick<RestoreOptions, 'file' | 'identity' | 'passphraseFile'>): void {
  const piped = [file, ...identity, passphraseFile].filter((path) => path === '-');
  if (piped.length > 1) throw new UsageError('Only one of the files can come from standard input.');
}

const unusable = (issue: v.BaseIssue<unknown>) =>
  new UsageError(`${optionOf(issue)} ${issue.message}.`);
