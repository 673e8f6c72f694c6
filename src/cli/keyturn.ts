#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { redactedCause, summary } from '../rotation/redacted-cause.ts';
import { assertPrintable, usageErrorOf } from './arguments.ts';
import { Failure } from './failure.ts';
import { initCommand } from './init/init-command.ts';
import { rollbackCommand } from './rollback-command.ts';
import { terminal } from './terminal.ts';

const program = new Command('keyturn')
  .description('Creates a secret for Keyturn to rotate, and takes its last rotation back.')
  .addHelpText(
    'after',
    '\nRegion and credentials come from where every AWS client takes them; AWS_ENDPOINT_URL points at ' +
      'the\nlocal stack. Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 130 Ctrl-C.',
  );

for (const command of [program, initCommand, rollbackCommand]) {
  // What commander would say of an argument may quote it; it is said below.
  command.exitOverride().configureOutput({ outputError: () => undefined });
}
program.addCommand(initCommand).addCommand(rollbackCommand);

const args = process.argv.slice(2);

try {
  assertPrintable(args);
  await program.parseAsync();
} catch (error) {
  if (!isDone(error)) process.exitCode = await report(failureOf(error));
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
    await terminal.answer(`${JSON.stringify(failure, null, 2)}\n`).catch(() => undefined);
  }
  return failure.exitCode;
}

/** Of an error that nobody expected only the kind and the place are told: its message may hold a value. */
function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof CommanderError) return usageErrorOf(error);
  const what = summary(redactedCause(error, (text) => text));
  return new Failure('UNEXPECTED', `It failed in a way it does not know (${what}). Report that.`);
}
