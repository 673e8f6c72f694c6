import * as v from 'valibot';
import { secretIdOf } from '../arguments.ts';
import { UsageError } from '../failure.ts';

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
export function readRestoreOptions(given: unknown): RestoreOptions {
  const parsed = v.safeParse(schema, given);
  if (!parsed.success) throw unusable(parsed.issues[0]);
  const { dryRun, list, secret, ...options } = parsed.output;
  assertOneSource(options);
  return { ...options, list: list || dryRun, secret: secret && secretIdOf(secret) };
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

function unusable(issue: v.BaseIssue<unknown>): UsageError {
  const [field = ''] = (v.getDotPath(issue) ?? '').split('.');
  const option = field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return new UsageError(`--${option} ${issue.message}.`);
}
