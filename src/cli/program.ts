import { Command } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { backupCommand } from './backup/backup-command.ts';
import { doctorCommand } from './doctor/doctor-command.ts';
import { envCommand } from './env/env-command.ts';
import { execCommand } from './exec/exec-command.ts';
import { getCommand } from './get/get-command.ts';
import { initCommand } from './init/init-command.ts';
import { repairCommand } from './repair/repair-command.ts';
import { restoreCommand } from './restore/restore-command.ts';
import { rollbackCommand } from './rollback-command.ts';
import { rotateCommand } from './rotate/rotate-command.ts';
import { statusCommand } from './status/status-command.ts';

/** Every command, in the order of the help. docs/reference.md is made of them: `npm run reference`. */
const commands: readonly Command[] = [
  initCommand,
  statusCommand,
  rotateCommand,
  rollbackCommand,
  repairCommand,
  doctorCommand,
  backupCommand,
  restoreCommand,
  execCommand,
  getCommand,
  envCommand,
];

/** The whole command line. Throws a CommanderError instead of ending the process. */
export const program = new Command('keyturn')
  .description(
    'Rotates every key of a secret, shows how it stands, mends it, and hands it to programs.',
  )
  .version(manifest.version)
  // The options of a program that exec starts are its own.
  .enablePositionalOptions()
  .addHelpText(
    'after',
    '\nRegion and credentials come from where every AWS client takes them; AWS_ENDPOINT_URL points at ' +
      'the\nlocal stack. Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 130 Ctrl-C; those of exec are\n' +
      "the program's, and 127, 126 and 125.",
  );

for (const command of [program, ...commands, ...commands.flatMap((each) => each.commands)]) {
  // What commander would say of an argument may quote it; keyturn.ts says it.
  command.exitOverride().configureOutput({ outputError: () => undefined });
}
for (const command of commands) program.addCommand(command);
