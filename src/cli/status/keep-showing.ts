import type { Terminal } from '../terminal.ts';
import { createRound, type Round } from './round.ts';
import { createScreen } from './screen.ts';
import { blockOf, documentOf } from './show.ts';
import type { Looking } from './look.ts';
import type { StatusOptions } from './status.ts';
import { watch } from './watch.ts';

interface Around {
  readonly clients: Pick<Looking, 'secretsManager' | 'lambda'>;
  readonly terminal: Terminal;
}

/** Shows how secrets stand until the signal; where nothing can be redrawn, only what changed. */
export function keepShowing(
  options: StatusOptions & { readonly everyMs: number },
  { clients, terminal }: Around,
): Promise<never> {
  const { secrets, json, everyMs, signal } = options;
  const screen = createScreen();
  let shown = '';
  return watch({
    everyMs,
    signal,
    look: createRound({ ...clients, secrets, signal }),
    async show(round) {
      const now = new Date();
      if (screen.isLive && !json) return screen.draw(blockOf(round, options, now));
      const changed = fingerprint(round);
      if (changed === shown) return;
      shown = changed;
      if (!json) return screen.draw(`${blockOf(round, options, now)}\n`);
      await terminal.answer(`${JSON.stringify(documentOf(round, now))}\n`);
    },
  });
}

/** Everything but when the systems were asked: that they were asked again is no change. */
const fingerprint = ({ statuses, remarks }: Round) =>
  JSON.stringify([statuses.map((status) => ({ ...status, inspectedAt: undefined })), remarks]);
