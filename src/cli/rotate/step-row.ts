import type { DefaultRenderer, ListrTask } from 'listr2';
import type { Step } from './log-line.ts';
import type { StepProgress } from './progress.ts';
import { takingMs, verbText } from './wording.ts';

/** One step in a live list. */
export interface StepRow {
  readonly task: ListrTask<object, typeof DefaultRenderer>;
  /** Shows what is seen of the step; `isPast` where the next one has begun. */
  show(progress: StepProgress | undefined, at: { readonly isPast: boolean }): void;
  /** Nothing more is seen of it. */
  stop(): void;
}

type Ending = 'done' | 'failed' | 'not seen';

export function stepRow(step: Step, attempt: number): StepRow {
  const name = attempt === 1 ? step : `${step} (attempt ${attempt})`;
  const { promise, resolve } = Promise.withResolvers<Ending>();
  let title = name;
  let shown: { title: string | undefined } | undefined;

  return {
    task: {
      title,
      task: async (_context, row) => {
        shown = row;
        row.title = title;
        const ending = await promise;
        if (ending === 'failed') throw new Error(step);
        if (ending === 'not seen') row.skip();
      },
    },
    show(progress, { isPast }) {
      if (progress) title = titleOf(name, progress);
      if (shown) shown.title = title;
      if (progress && progress.status !== 'running') resolve(progress.status);
      else if (isPast) resolve('done');
    },
    stop: () => resolve('not seen'),
  };
}

/** Several lines: the step, and what happened in it. */
function titleOf(name: string, { verbs, warnings, code, ...times }: StepProgress): string {
  const title = `${name}${code ? ` [${code}]` : ''}${takingMs(times)}`;
  return [title, ...verbs.map(verbText), ...warnings].join('\n');
}
