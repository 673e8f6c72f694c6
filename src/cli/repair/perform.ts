import * as v from 'valibot';
import { Failure } from '../failure.ts';
import type { FoundSecret } from '../find-secret.ts';
import { inspectionSchema, inspectSecret, type InspectionAnswer } from '../inspection.ts';
import { operate } from '../operate.ts';
import type { Proposal } from '../../rotation/way-out.ts';
import { hearingSignals } from '../signals.ts';
import type { Terminal } from '../terminal.ts';
import { mayBeDone, whereItStands } from '../where-it-stands.ts';
import { doneBy } from './done-by.ts';
import type { Done } from './unrepaired.ts';

const result = v.object({ inspection: inspectionSchema });

/**
 * Has the function go the way that was confirmed, and answers how the secret stands then. Where it
 * stood otherwise by then nothing was done, which is said. Throws a Failure, or Interrupted.
 */
export async function perform(
  secret: FoundSecret,
  proposal: Proposal,
  terminal: Terminal,
): Promise<{ readonly done?: Done; readonly inspection: InspectionAnswer }> {
  const { way, keys } = proposal;
  try {
    const { inspection } = await gone(secret, proposal);
    terminal.tell(`Done: ${doneBy(proposal)}\n\n`);
    return { done: { way, keys }, inspection };
  } catch (error) {
    if (!(error instanceof Failure && error.code === 'REPAIR_OUTDATED')) throw error;
    terminal.tell(`${error.message}\n\n`);
    return { inspection: await inspectSecret(secret) };
  }
}

/** While it is under way a signal must not end the command before it said what goes on without it. */
function gone(secret: FoundSecret, { way, keys, version }: Proposal) {
  const operation = { Operation: 'repair', Way: way, Keys: keys, Version: version } as const;
  return hearingSignals(({ signal }) =>
    whereItStands(
      () => operate(secret, operation, result, signal),
      mayBeDone(`What was confirmed (${way})`),
    ),
  );
}
