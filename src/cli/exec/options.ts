import { UsageError } from '../failure.ts';
import { namedSecret } from '../named-secret.ts';
import type { ExecOptions } from './exec.ts';

/** What commander made of the options. */
export interface GivenOptions {
  readonly secret?: string;
  readonly only?: readonly string[];
  readonly preserveEnv?: true | readonly string[];
  readonly pristine?: true;
  readonly strict?: true;
  readonly previous?: true;
  readonly watch?: true;
  /** In ms. */
  readonly every?: number;
  readonly signal?: NodeJS.Signals;
  readonly redact?: true;
}

/** Throws a UsageError where options do not go together, or the program is missing. */
export function readOptions(given: GivenOptions, program: readonly string[]): ExecOptions {
  const { secret, only, preserveEnv = [], watch, every, signal } = given;
  if (preserveEnv === true && given.pristine) throw contrary();
  if (!watch && (every !== undefined || signal !== undefined)) throw withoutWatch();
  return {
    program: assertProgram(program),
    secret: namedSecret(secret),
    only,
    previous: given.previous ?? false,
    pristine: given.pristine ?? false,
    strict: given.strict ?? false,
    redact: given.redact ?? false,
    preserve: preserveEnv === true ? 'all' : preserveEnv,
    watch: watch ? { every: every ?? 300_000, signal } : undefined,
  };
}

/** The program stands after `--`, so that an option of its own is never taken for one of keyturn's. */
function assertProgram(program: readonly string[]): ExecOptions['program'] {
  const after = process.argv.slice(process.argv.indexOf('--') + 1);
  const [name, ...args] = program;
  if (!process.argv.includes('--')) {
    throw new UsageError('Put -- before the program: keyturn exec [options] -- program [args…].');
  }
  if (program.length > after.length) {
    throw new UsageError(
      'Only options stand before the --. Name the secret with --secret, or in KEYTURN_SECRET_ID.',
    );
  }
  if (name === undefined) throw new UsageError('Name a program after the --.');
  return [name, ...args];
}

const contrary = () =>
  new UsageError(
    '--pristine starts from nothing, and --preserve-env keeps everything. Name what to keep: ' +
      '--preserve-env=<names>.',
  );

const withoutWatch = () => new UsageError('--every and --signal belong to --watch. Add that.');
