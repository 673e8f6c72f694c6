import { Interrupted } from '../failure.ts';
import { printValue } from '../print-value.ts';
import { elsewhere } from '../secrets-manager.ts';
import type { Terminal } from '../terminal.ts';
import { withClients } from './clients.ts';
import { createRound, type Round } from './round.ts';
import { allWork, documentOf, textOf } from './show.ts';
import { keepShowing } from './keep-showing.ts';

export interface StatusOptions {
  /** Names or ARNs; none: all that Keyturn rotates in the region. */
  readonly secrets: readonly string[];
  readonly json: boolean;
  /** Everything of each secret, also where there are several. */
  readonly verbose: boolean;
  /** Looks again so often, and shows what changed, until somebody ends it. */
  readonly everyMs?: number | undefined;
  /** Aborted where nobody waits any more. */
  readonly signal: AbortSignal;
}

/**
 * Says how secrets stand; changes nothing. Answers whether all of them work. Throws a Failure where
 * not even the secrets could be listed, and Interrupted at the end of a watch.
 */
export async function status(options: StatusOptions, terminal: Terminal): Promise<boolean> {
  terminal.tell(elsewhere());
  return withClients(async (clients) => {
    const { everyMs, secrets, signal } = options;
    if (everyMs !== undefined) return keepShowing({ ...options, everyMs }, { clients, terminal });
    const round = await createRound({ ...clients, secrets, signal })();
    if (signal.aborted) throw new Interrupted();
    await answer(round, options, terminal);
    return allWork(round.statuses);
  });
}

async function answer(
  round: Round,
  { json, verbose }: StatusOptions,
  terminal: Terminal,
): Promise<void> {
  const now = new Date();
  if (json) return terminal.answer(`${JSON.stringify(documentOf(round, now), null, 2)}\n`);
  for (const remark of round.remarks) terminal.tell(`${remark}\n`);
  // Its colours would not get past the terminal; what they colour is clean.
  await printValue(textOf({ statuses: round.statuses, verbose }, now));
}
