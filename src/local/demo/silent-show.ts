import type { Show } from './show.ts';

/** Shows nothing, and waits for the same things. */
export const silentShow: Show = {
  during: (_title, work) => work,
  rotation: (_number, watch, { grace }) =>
    watch.until(({ kind }) => kind === (grace ? 'retired' : 'rotated')),
  result: () => undefined,
};
