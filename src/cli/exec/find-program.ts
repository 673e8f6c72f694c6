import { accessSync, constants, statSync } from 'node:fs';
import { printableName } from '../printable.ts';
import { ProgramNotExecutable, ProgramNotFound } from './not-started.ts';

/**
 * The file that a name stands for, as a shell finds it: a name with a slash is a path, every other
 * is looked up on PATH. Throws ProgramNotFound or ProgramNotExecutable.
 */
export function findProgram(name: string, path = '/usr/bin:/bin'): string {
  const states = candidates(name, path).map((file) => ({ file, state: stateOf(file) }));
  const found = states.find(({ state }) => state === 'executable');
  if (found) return found.file;
  if (name === '') throw empty();
  const shown = printableName(name);
  if (states.some(({ state }) => state === 'denied')) throw denied(shown);
  throw notFound(shown, name.includes('/'));
}

/** An empty entry of PATH is the working directory. */
function candidates(name: string, path: string): readonly string[] {
  if (name === '') return [];
  if (name.includes('/')) return [name];
  return path.split(':').map((directory) => `${directory || '.'}/${name}`);
}

/** Whether a file is there that may be executed. */
export const isExecutable = (file: string): boolean => stateOf(file) === 'executable';

type State = 'executable' | 'denied' | 'missing';

function stateOf(file: string): State {
  try {
    if (!statSync(file).isFile()) return 'denied';
    accessSync(file, constants.X_OK);
    return 'executable';
  } catch (error) {
    const isDenied = error instanceof Error && 'code' in error && error.code === 'EACCES';
    return isDenied ? 'denied' : 'missing';
  }
}

const denied = (name: string) =>
  new ProgramNotExecutable(
    `The program ${name} is there, but may not be executed. Look at its permissions, and whether it is a ` +
      'file.',
  );

const empty = () =>
  new ProgramNotFound(
    'The name of the program is empty. It may come from a variable of the shell that is not set.',
  );

const notFound = (name: string, isPath: boolean) =>
  new ProgramNotFound(
    `The program ${name} was not found${isPath ? '' : ' on PATH'}. Look at how it is written.`,
  );
