import { Listr, type ListrDefaultRendererLogLevels, ListrLogger, ProcessOutput } from 'listr2';
import type { Display } from './display.ts';
import { stepRow, type StepRow } from './step-row.ts';
import type { Step } from './log-line.ts';
import type { Attempt } from './progress.ts';

/** A list of the steps for each attempt, with a line under a step for each verb on a key. */
export function liveDisplay(): Display {
  const lists: AttemptList[] = [];

  return {
    show(seen) {
      const { attempts } = seen.progress();
      if (attempts.length === 0 && !seen.visible()) return;
      for (const [index, attempt] of (attempts.length === 0 ? [[]] : attempts).entries()) {
        lists[index] ??= attemptList(index + 1, lists[index - 1]);
        lists[index].show(attempt);
      }
    },
    end: async () => lists.at(-1)?.end(),
  };
}

interface AttemptList {
  show(attempt: Attempt): void;
  /** Nothing more is seen of it. */
  end(): Promise<void>;
}

const steps: readonly Step[] = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];

function attemptList(number: number, earlier: AttemptList | undefined): AttemptList {
  const rows = steps.map((step) => stepRow(step, number));
  // Two lists would write over each other, and even one that is only made takes the other's stream.
  const done = Promise.resolve(earlier?.end())
    .then(() => listOf(rows).run())
    // A step that fails is shown by its row.
    .then(nothing, nothing);

  return {
    show(attempt) {
      for (const [index, row] of rows.entries()) {
        row.show(attempt[index], { isPast: attempt.length > index + 1 });
      }
    },
    async end() {
      for (const row of rows) row.stop();
      await done;
    },
  };
}

function listOf(rows: readonly StepRow[]) {
  // What is shown on the way is no result: it goes to standard error.
  const processOutput = new ProcessOutput(process.stderr, process.stdout);
  return new Listr(
    rows.map(({ task }) => task),
    {
      // Ctrl-C is heard by the command.
      registerSignalListeners: false,
      rendererOptions: {
        logger: new ListrLogger<ListrDefaultRendererLogLevels>({ processOutput }),
        collapseErrors: false,
        showErrorMessage: false,
        showSkipMessage: false,
      },
    },
  );
}

const nothing = (): void => undefined;
