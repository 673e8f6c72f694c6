import * as v from 'valibot';
import { Failure } from '../failure.ts';
import type { FoundSecret } from '../find-secret.ts';
import { inspectionSchema, inspectSecret, type InspectionAnswer } from '../inspection.ts';
import { invokeFunction } from '../invoke-function.ts';
import type { Proposal } from '../../rotation/way-out.ts';
import type { Terminal } from '../terminal.ts';
import { doneBy } from './done-by.ts';
import type { Done } from './unrepaired.ts';

const result = v.object({ inspection: inspectionSchema });

/**
 * Has the function go the way that was confirmed, and answers how the secret stands then. Where it
 * stood otherwise by then nothing was done, which is said. Throws a Failure.
 */
export async function perform(
  secret: FoundSecret,
  proposal: Proposal,
  terminal: Terminal,
): Promise<{ readonly done?: Done; readonly inspection: InspectionAnswer }> {
  const { way, keys, version } = proposal;
  const event = {
    Operation: 'repair',
    SecretId: secret.arn,
    Way: way,
    Keys: keys,
    Version: version,
  };
  try {
    const inspection = inspectionIn(await invokeFunction(secret.functionArn, event));
    terminal.tell(`Done: ${doneBy(proposal)}\n\n`);
    return { done: { way, keys }, inspection };
  } catch (error) {
    if (!(error instanceof Failure && error.code === 'REPAIR_OUTDATED')) throw error;
    terminal.tell(`${error.message}\n\n`);
    return { inspection: await inspectSecret(secret) };
  }
}

function inspectionIn(answer: unknown): InspectionAnswer {
  const parsed = v.safeParse(result, answer);
  if (parsed.success) return parsed.output.inspection;
  throw new Failure(
    'UNEXPECTED',
    'The function answered something else than the outcome of a repair. Deploy the version of Keyturn ' +
      'that belongs to this command, and look at the secret with keyturn status.',
  );
}
