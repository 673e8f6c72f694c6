import { PassThrough, type Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { hearingSignals } from './signals.ts';
import { createTypedLines, type TypedLines } from './typed-lines.ts';

export interface HiddenInput {
  readonly input: Readable;
  readonly lines: TypedLines;
  /** Aborted at Ctrl-C, at the end of the input and at a signal. */
  readonly signal: AbortSignal;
}

/**
 * Keeps the terminal's echo off from before the first question until nothing comes any more after
 * the last: the rest of a paste is neither shown nor left to the shell. SIGKILL, which nobody can
 * catch, leaves the echo off; what is typed while the command is stopped is the shell's to show.
 */
export async function withoutEcho(use: (hidden: HiddenInput) => Promise<void>): Promise<void> {
  await hearingSignals(async ({ signal, interrupt }) => {
    const [input, gone] = [new PassThrough(), new AbortController()];
    const lines = createTypedLines(interrupt);
    const close = () => (gone.abort(), interrupt());
    const forward = (bytes: Buffer) => void input.write(lines.take(bytes));
    const { stdin } = process;

    hideTyping();
    process.on('SIGCONT', hideAgain).once('exit', showTyping);
    stdin.resume();
    // What was typed before the question, and came to be shown, is no answer to it.
    await setImmediate();
    stdin.on('data', forward).once('end', close).on('error', close);
    try {
      await use({ input, lines, signal });
    } finally {
      // After an answer that was taken it is quiet already.
      if (signal.aborted) await lines.quiet(gone.signal);
      process.off('SIGCONT', hideAgain).off('exit', showTyping);
      showTyping();
      stdin.off('data', forward).off('end', close).off('error', close).pause();
    }
  });
}

function hideTyping(): void {
  process.stdin.setRawMode(true);
  if (marksPastes) process.stderr.write('\u001B[?2004h');
}

function showTyping(): void {
  if (marksPastes) process.stderr.write('\u001B[?2004l');
  process.stdin.setRawMode(false);
}

/** The shell has set the terminal its own way meanwhile, and libuv does not set a mode twice. */
function hideAgain(): void {
  process.stdin.setRawMode(false);
  hideTyping();
}

/** Has the terminal put marks around a paste, so that its lines are told from Enter. */
const marksPastes = process.env.TERM !== 'dumb';
