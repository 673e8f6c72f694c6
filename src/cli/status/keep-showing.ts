import type { Terminal } from '../terminal.ts';
import { createRound, type Round } from './round.ts';
import { createScreen } from './screen.ts';
import { documentOf, textOf } from './show.ts';
import type { Looking } from './look.ts';
import type { StatusOptions } from './status.ts';
import { watch } from './watch.ts';

interface Around {
  readonly clients: Pick<Looking, 'secretsManager' | 'lambda'>;
  readonly terminal: Terminal;
}

/** Shows how secrets stand until a signal comes; where nothing can be redrawn, only what changed. */
export function keepShowing(
  options: StatusOptions & { readonly everyMs: number },
  { clients, terminal }: Around,
): Promise<never> {
  const { secrets, json, everyMs } = options;
  const screen = createScreen();
  let shown = '';
  return watch({
    everyMs,
    look: (signal) => createRound({ ...clients, secrets, signal }),
    async show(round) {
      const now = new Date();
      if (screen.isLive && !json) return screen.draw(block(round, options, now));
      const changed = fingerprint(round);
      if (changed === shown) return;
      shown = changed;
      if (!json) return screen.draw(`${block(round, options, now)}\n`);
      await terminal.answer(`${JSON.stringify(documentOf(round, now))}\n`);
    },
  });
}

function block(
  { statuses, remarks }: Round,
  { verbose, everyMs }: StatusOptions & { readonly everyMs: number },
  now: Date,
): string {
  const time = now.toISOString().slice(0, 19).replace('T', ' ');
  const footer = `${time} UTC, every ${everyMs / 1_000} s; Ctrl-C ends it.`;
  return [textOf({ statuses, verbose }, now), ...remarks, footer, ''].join('\n');
}

/** Everything but when the systems were asked: that they were asked again is no change. */
const fingerprint = ({ statuses, remarks }: Round) =>
  JSON.stringify([statuses.map((status) => ({ ...status, inspectedAt: undefined })), remarks]);
