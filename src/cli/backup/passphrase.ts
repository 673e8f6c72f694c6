import { readText, type ReadText } from './read-text.ts';
import { Failure, UsageError } from '../failure.ts';
import type { Terminal } from '../terminal.ts';

/** Offline, a short one is guessed. */
const shortest = 12;

/** Told first: that takes seconds, so that to guess one takes long. */
export const deriving = 'Deriving a key from the passphrase …\n';

/** Asks twice for a new passphrase. Throws Interrupted, or a UsageError without a terminal. */
export async function askNewPassphrase(terminal: Terminal): Promise<string> {
  assertInteractive(terminal);
  let first = '';
  const answers = await terminal.askHidden([
    {
      key: 'first',
      message: `Passphrase, ${shortest} characters or more`,
      problemWith: (answer) => {
        first = answer;
        return tooShort(answer);
      },
    },
    {
      key: 'second',
      message: 'The same again',
      problemWith: (answer) =>
        answer === first ? undefined : 'It differs from the first. Type that one, or press Ctrl-C.',
    },
  ]);
  return answers.get('second') ?? '';
}

/** Asks for the passphrase of a file that has one. */
export async function askPassphrase(terminal: Terminal): Promise<string> {
  assertInteractive(terminal);
  const question = { key: 'passphrase', message: 'Passphrase of the backup', problemWith };
  return (await terminal.askHidden([question])).get('passphrase') ?? '';
}

const problemWith = (answer: string) => (answer === '' ? 'It is empty.' : undefined);

/** The first line of a file; `-` is standard input. For scripts. Throws a Failure. */
export async function readPassphrase(path: string): Promise<ReadText> {
  const read = await readText(path, '--passphrase-file');
  const [line = '', ...others] = read.text.replace(/\r?\n$/, '').split(/\r?\n/);
  if (line !== '' && others.length === 0) return { ...read, text: line };
  throw new Failure(
    'PASSPHRASE_UNUSABLE',
    'What --passphrase-file names is not one line with a passphrase. Correct it and run the same command again.',
  );
}

/** Throws where a new passphrase could be guessed. */
export function assertLong(passphrase: string): void {
  const problem = tooShort(passphrase);
  if (problem) throw new Failure('PASSPHRASE_UNUSABLE', problem);
}

const tooShort = (passphrase: string) =>
  passphrase.length < shortest
    ? `The passphrase must have ${shortest} characters or more: whoever holds the file can try for years. ` +
      'Take five or six words by chance.'
    : undefined;

function assertInteractive({ interactive }: Terminal): void {
  if (interactive) return;
  throw new UsageError(
    'There is no terminal to ask for the passphrase on. Give it with --passphrase-file.',
  );
}
