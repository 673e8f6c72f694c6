import { Command } from 'commander';
import { interval, names, notice } from './option-parsers.ts';
import { type GivenOptions, readOptions } from './options.ts';

export const execCommand = new Command('exec')
  .description('Runs a program with the values of a secret in its environment.')
  .usage('[options] -- <program> [args…]')
  .argument('[program...]', 'the program and its arguments, after --')
  .option('--secret <name>', 'the name or ARN of the secret (default: KEYTURN_SECRET_ID)')
  .option('--only <keys>', 'only these keys, separated by commas', names)
  .option('--previous', 'add NAME_PREVIOUS beside NAME, from before the last rotation')
  .option('--preserve-env [names]', 'keep these variables as they are, or all that are set', names)
  .option('--pristine', 'pass on nothing but PATH, HOME and the like')
  .option('--strict', 'do not start where there is a warning')
  .option('--watch', 'start the program again when the secret has a new version')
  .option(
    '--every <time>',
    'with --watch: look at least so often, such as 30s (default: 5m)',
    interval,
  )
  .option('--signal <name>', 'with --watch: send this signal instead of starting again', notice)
  .option('--redact', 'replace values of the secret in what the program prints')
  .addHelpText(
    'after',
    `
The program takes the place of keyturn, and keeps its process id: signals and the exit code are its
own. With --watch or --redact, and where the system cannot do that, it is a child to which signals
are passed on. Every key whose name can be one becomes a variable, and replaces what is set already.
Variables that decide what code runs, such as PATH and LD_PRELOAD, are never taken from a secret.

What else the program gets from here: credentials of AWS that are in the environment, without
--pristine; no open files but 0, 1 and 2; the hard limit of open files (ulimit -n) as the soft one.
A signal that was ignored, as by nohup, is not: put nohup after the --.

--pristine passes on PATH, HOME, TERM, LANG, LC_*, TZ, USER, LOGNAME, SHELL and TMPDIR.
--watch sends TERM, and KILL 10 seconds later; then it starts the program again.
--redact takes values of at least 4 characters; the program does not see a terminal then.

Exit codes: those of the program, 128 and the signal's number where one ended it; 127 not found,
126 not executable, 125 where keyturn failed before it started.

Examples:
  keyturn exec --secret reminder-app/production -- gunicorn app:app
  keyturn exec --previous --only SECRET_KEY,DB_PASSWORD -- ./server
  keyturn exec --watch --signal HUP -- nginx -g 'daemon off;'`,
  )
  .passThroughOptions()
  .action(async (program: readonly string[], given: GivenOptions) => {
    const options = readOptions(given, program);
    const { exec } = await import('./exec.ts');
    // A look at the secret that is still under way would keep the process alive.
    process.exit(await exec(options));
  });
