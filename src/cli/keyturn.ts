#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { redactedCause, summary } from '../rotation/redacted-cause.ts';
import { assertPrintable, usageErrorOf } from './arguments.ts';
import { envCommand } from './env/env-command.ts';
import { execCommand } from './exec/exec-command.ts';
import { Failure } from './failure.ts';
import { getCommand } from './get/get-command.ts';
import { initCommand } from './init/init-command.ts';
import { rollbackCommand } from './rollback-command.ts';
import { say } from './say.ts';
import { statusCommand } from './status/status-command.ts';
import { terminal } from './terminal.ts';

const program = new Command('keyturn')
  .description('Creates a secret, hands it to programs, and takes its last rotation back.')
  .version(manifest.version)
  // The options of a program that exec starts are its own.
  .enablePositionalOptions()
  .addHelpText(
    'after',
    '\nRegion and credentials come from where every AWS client takes them; AWS_ENDPOINT_URL points at ' +
      'the\nlocal stack. Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 130 Ctrl-C; those of exec are\n' +
      "the program's, and 127, 126 and 125.",
  );

const commands = [initCommand, statusCommand, rollbackCommand, execCommand, getCommand, envCommand];

for (const command of [program, ...commands, ...commands.flatMap((each) => each.commands)]) {
  // What commander would say of an argument may quote it; it is said below.
  command.exitOverride().configureOutput({ outputError: () => undefined });
}
for (const command of commands) program.addCommand(command);

const isExec = process.argv[2] === 'exec';
const args = ownArguments();

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
