#!/usr/bin/env node
import { CommanderError } from 'commander';
import { redactedCause, summary } from '../rotation/redacted-cause.ts';
import { assertPrintable, usageErrorOf } from './arguments.ts';
import { Failure, Interrupted } from './failure.ts';
import { program } from './program.ts';
import { say } from './say.ts';
import { hearUnheard } from './signals.ts';
import { terminal } from './terminal.ts';

const isExec = process.argv[2] === 'exec';
const args = ownArguments();
// The program that exec starts ends by its signals, and exec as that did.
if (!isExec) hearUnheard((signal) => void endAt(signal));

try {
  assertPrintable(args);
  await program.parseAsync();
} catch (error) {
  if (!isDone(error)) {
    const failure = failureOf(error);
    if (isExec) endExec(failure);
    process.exitCode = await report(failure);
  }
}

/** What follows `exec … --` is the program's: its lines and its --json mean nothing here. */
function ownArguments(): readonly string[] {
  const all = process.argv.slice(2);
  return isExec && all.includes('--') ? all.slice(0, all.indexOf('--')) : all;
}

/** Whoever waits is told, and a script reads the exit code: a shell would see no more than a death. */
async function endAt(signal: NodeJS.Signals): Promise<never> {
  const interrupted = new Interrupted(
    'INTERRUPTED',
    `Interrupted by ${signal}. What had been asked of AWS by then may be done all the same: keyturn status tells.`,
  );
  process.exit(await report(interrupted));
}

/** Commander ends by an error after printing help that was asked for, too. */
function isDone(error: unknown): boolean {
  return error instanceof CommanderError && error.exitCode === 0;
}

/** Says what went wrong, and answers the exit code. */
async function report(failure: Failure): Promise<number> {
  terminal.tell(`${failure.message} [${failure.code}]\n`);
  if (args.includes('--json') && failure.code !== 'OUTPUT_FAILED') {
    // Where standard output does not take it, it stands on standard error by now.
    const indent = args.some((each) => /^--watch(=|$)/.test(each)) ? 0 : 2;
    await terminal.answer(`${JSON.stringify(failure, null, indent)}\n`).catch(() => undefined);
  }
  return failure.exitCode;
}

/** Standard output is the program's, and so are lower exit codes. What hangs does not keep it. */
function endExec(failure: Failure): never {
  say(`${failure.message} [${failure.code}]`);
  process.exit(Math.max(failure.exitCode, 125));
}

/** Of an error that nobody expected only the kind and the place are told: its message may hold a value. */
function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof CommanderError) return usageErrorOf(error);
  const what = summary(redactedCause(error, (text) => text));
  return new Failure('UNEXPECTED', `It failed in a way it does not know (${what}). Report that.`);
}
