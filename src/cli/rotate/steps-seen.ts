import { Failure } from '../failure.ts';
import type { Terminal } from '../terminal.ts';
import { openFunctionLog, type FunctionLog } from './function-log.ts';
import { linesOn, type LogLine } from './log-line.ts';
import { progressOf, type Progress } from './progress.ts';

/** What can be seen of the steps of a rotation, beside its labels. */
export interface StepsSeen {
  /** From now on lines that name another version are none of it. */
  of(version: string): void;
  /** Reads what the log has new, until the signal. Never throws: what cannot be seen is told once. */
  look(signal: AbortSignal): Promise<void>;
  /** All lines so far. */
  lines(): readonly LogLine[];
  progress(): Progress;
  /** Whether the last one is seen to be over, or one to have failed for good. */
  areOver(): boolean;
  haveFailed(): boolean;
  /** Whether the log can be read. */
  visible(): boolean;
  close(): void;
}

/** Opens the log of the secret's function, as far as whoever asks may read it. Never throws. */
export async function seeSteps(
  secret: { readonly name: string; readonly functionArn: string },
  terminal: Pick<Terminal, 'tell'>,
  opening: AbortSignal,
): Promise<StepsSeen> {
  const all: LogLine[] = [];
  let version = '';
  let log: FunctionLog | undefined;
  let seen: Seen = { lines: [], progress: progressOf([]) };

  const attempt = async (work: () => Promise<void>, signal: AbortSignal) => {
    try {
      await work();
    } catch (error) {
      if (signal.aborted) return;
      log?.close();
      log = undefined;
      terminal.tell(notVisible(error));
    }
  };
  const sift = () => {
    const lines = linesOn({ secret: secret.name, version }, all);
    seen = { lines, progress: progressOf(lines) };
  };
  await attempt(async () => {
    log = await openFunctionLog(secret.functionArn, opening);
  }, opening);

  return {
    of(its) {
      version = its;
      sift();
    },
    look: (signal) =>
      attempt(async () => {
        all.push(...((await log?.news(signal)) ?? []));
        sift();
      }, signal),
    lines: () => seen.lines,
    progress: () => seen.progress,
    areOver: () => isDone(seen.progress) || hasFailed(seen.progress),
    haveFailed: () => hasFailed(seen.progress),
    visible: () => log !== undefined,
    close: () => log?.close(),
  };
}

/** What of the log is about this rotation. */
interface Seen {
  readonly lines: readonly LogLine[];
  readonly progress: Progress;
}

function isDone({ attempts }: Progress): boolean {
  const last = attempts.at(-1)?.at(-1);
  return last?.step === 'finishSecret' && last.status === 'done';
}

function hasFailed({ attempts, problem }: Progress): boolean {
  const last = attempts.at(-1)?.at(-1);
  return last?.status === 'failed' && problem !== undefined && !problem.retryable;
}

const notVisible = (error: unknown) =>
  `The steps cannot be shown: ${error instanceof Failure ? error.message : 'the log cannot be read.'} ` +
  'The labels of the secret tell how it ends.\n';
