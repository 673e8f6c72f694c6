import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { printableName } from '../printable.ts';
import { isElf, isSameMachine, isSibling, loaderOf, type Opened } from './elf.ts';
import { isExecutable } from './find-program.ts';
import { ProgramNotExecutable } from './not-started.ts';

/** Whether the kernel is sure to start a file, or whether a shell is to read it. */
export type Kind = 'sure' | 'unsure' | 'text';

/** Throws ProgramNotExecutable, with the name it is called by, for what no kernel starts. */
export function kindOf(file: string, name: string): Kind {
  return (
    reading(file, (program) => {
      const { header } = program;
      if (isScript(header)) return scriptKind(header, name);
      if (isElf(header)) return elfKind(program, name);
      if (isMachO(header)) return process.platform === 'darwin' ? 'sure' : foreign(name);
      return isText(header) ? 'text' : foreign(name);
    }) ?? 'unsure'
  );
}

/** The same of what reads a text that names nothing to read it. */
export function shellKind(shell: string, name: string): Kind {
  if (!isExecutable(shell)) throw withoutInterpreter(name, shell);
  return kindOf(shell, name);
}

/** Answers `undefined` for what cannot be read: it may still be executed. */
function reading<T>(file: string, use: (program: Opened) => T): T | undefined {
  const fd = opened(file);
  if (fd === undefined) return undefined;
  try {
    const header = Buffer.alloc(256);
    const length = readSync(fd, header);
    return use({ fd, size: fstatSync(fd).size, header: header.subarray(0, length) });
  } finally {
    closeSync(fd);
  }
}

function opened(file: string): number | undefined {
  try {
    return openSync(file, 'r');
  } catch {
    return undefined;
  }
}

const isScript = (header: Buffer) => header.subarray(0, 2).toString() === '#!';

function scriptKind(header: Buffer, name: string): Kind {
  const [line = ''] = header.subarray(2).toString().split('\n');
  // Kernels read no more than 256 bytes of it.
  if (line.length > 248) return 'unsure';
  const [interpreter = ''] = line.replace(/^[ \t]+/, '').split(/[ \t\0]/);
  if (interpreter === '') return 'text';
  if (!isExecutable(interpreter)) throw withoutInterpreter(name, interpreter);
  // An interpreter that is a script itself is left to the kernel: it may go round in circles.
  if (reading(interpreter, (program) => isScript(program.header)) !== false) return 'unsure';
  return kindOf(interpreter, name) === 'sure' ? 'sure' : 'unsure';
}

function elfKind(program: Opened, name: string): Kind {
  const own = reading(process.execPath, ({ header }) => header) ?? program.header;
  if (isSibling(program.header, own)) return 'unsure';
  if (!isSameMachine(program.header, own)) return foreign(name);
  const loader = loaderOf(program);
  if (loader === 'corrupt') throw noProgram(name);
  if (loader === 'none') return 'sure';
  if (!isExecutable(loader.path)) throw withoutInterpreter(name, loader.path);
  const found = reading(loader.path, ({ header }) => header);
  return found && isElf(found) && isSameMachine(found, own) ? 'sure' : 'unsure';
}

/** Without the control characters that no script holds. */
const isText = (header: Buffer) => !header.some((byte) => byte < 7 || (byte > 13 && byte < 27));

const isMachO = (header: Buffer) =>
  ['cffaedfe', 'cefaedfe', 'cafebabe'].includes(header.subarray(0, 4).toString('hex'));

/** Something that the kernel may have been told how to run (binfmt_misc). */
function foreign(name: string): Kind {
  if (handlers().some((handler) => handler !== 'register' && handler !== 'status')) return 'unsure';
  throw noProgram(name);
}

function handlers(): readonly string[] {
  try {
    return readdirSync('/proc/sys/fs/binfmt_misc');
  } catch {
    return [];
  }
}

const noProgram = (name: string) =>
  new ProgramNotExecutable(
    `The program ${name} is in no format that this machine runs. Look whether it was built for this ` +
      'machine, and is whole.',
  );

const withoutInterpreter = (name: string, interpreter: string) =>
  new ProgramNotExecutable(
    `The program ${name} needs ${printableName(interpreter)} to run it, and that is not there or may not be ` +
      'executed. Put it there, or look at the first line of the program and at its line ends.',
  );
