import * as v from 'valibot';
import { Failure, UsageError } from './failure.ts';
import { findSecret, type FoundSecret } from './find-secret.ts';
import { functionNameOf } from './function-name.ts';
import { operate } from './operate.ts';
import { elsewhere } from './secrets-manager.ts';
import { hearingSignals } from './signals.ts';
import type { Terminal } from './terminal.ts';
import { mayBeDone, whereItStands } from './where-it-stands.ts';

export interface RollbackOptions {
  /** A name or an ARN. */
  readonly secret: string;
  readonly json: boolean;
  readonly yes: boolean;
}

const result = v.object({
  outcome: v.picklist(['rolled-back', 'already-rolled-back']),
  from: v.string(),
  to: v.string(),
  switchGapMs: v.number(),
});

type Result = v.InferOutput<typeof result>;

/**
 * Has the secret's own rotation function take the last rotation back, and says what happened.
 * Asks first. Throws a UsageError, a Failure or Interrupted. May be called twice.
 */
export async function rollback(options: RollbackOptions, terminal: Terminal): Promise<void> {
  if (!options.yes && !terminal.interactive) throw notAsked();
  terminal.tell(elsewhere());
  const secret = await findSecret(options.secret);
  terminal.tell(introduction(secret));
  if (!options.yes && !(await terminal.confirm('Take the last rotation back?'))) throw declined();

  const outcome = await takenBack(secret);
  const document = { secret: secret.name, ...outcome };
  await terminal.answer(
    options.json ? `${JSON.stringify(document, null, 2)}\n` : sentences(secret, outcome),
  );
}

/** From here on a signal must not end the command before it said what goes on without it. */
const takenBack = (secret: FoundSecret): Promise<Result> =>
  hearingSignals(({ signal }) =>
    whereItStands(
      () => operate(secret, { Operation: 'rollback' }, result, signal),
      mayBeDone(`The rollback of ${secret.name}`),
    ),
  );

function introduction({ name, functionArn, versionAt }: FoundSecret): string {
  return (
    `${name}, rotated by ${functionNameOf(functionArn)}\n` +
    `  AWSCURRENT   ${versionAt('AWSCURRENT') ?? 'none'}\n` +
    `  AWSPREVIOUS  ${versionAt('AWSPREVIOUS') ?? 'none'}\n`
  );
}

function sentences({ name }: FoundSecret, { outcome, from, to, switchGapMs }: Result): string {
  if (outcome === 'already-rolled-back') {
    return `${name} was rolled back already: ${to} is current, ${from} is undone. Nothing was left to do.\n`;
  }
  const gap =
    switchGapMs === 0
      ? ''
      : `While it switched, the published value did not work for ${switchGapMs} ms.\n`;
  return (
    `${name} is rolled back: ${to} is current again, ${from} is undone.\n${gap}` +
    'What was undone is revoked in a few minutes. Applications read the value from before by then.\n'
  );
}

const notAsked = () =>
  new UsageError('There is no terminal to ask on. Add --yes to roll back without being asked.');

const declined = () => new Failure('DECLINED', 'Nothing was changed.');
