import { printableName } from '../printable.ts';
import { findProgram } from './find-program.ts';
import { kindOf, shellKind } from './program-kind.ts';

/** How a program is started. */
export interface StartPlan {
  readonly file: string;
  /** Begins with the name that the program is called by. */
  readonly argv: readonly [string, ...string[]];
  /**
   * Whether the kernel is sure to take it: where `execve` fails, Node aborts. All else is started
   * as a child, whose failure can be told.
   */
  readonly sure: boolean;
}

/** Finds a program and looks at its file. Throws ProgramNotFound or ProgramNotExecutable. */
export function planStart(
  [name, ...args]: readonly [string, ...string[]],
  path: string | undefined,
): StartPlan {
  // There it is for the system to find it.
  if (process.platform === 'win32') return { file: name, argv: [name, ...args], sure: false };
  const file = findProgram(name, path);
  const shown = printableName(name);
  const kind = kindOf(file, shown);
  if (kind !== 'text') return { file, argv: [name, ...args], sure: kind === 'sure' };
  const sure = shellKind(shell, shown) === 'sure';
  return { file: shell, argv: [shell, file, ...args], sure };
}

/** A text without `#!` is a script of this one's, as execvp(3) has it. */
const shell = '/bin/sh';
