import { isDoable } from '../../rotation/way-out.ts';
import { UsageError } from '../failure.ts';
import { findSecret } from '../find-secret.ts';
import { inspectSecret } from '../inspection.ts';
import { elsewhere } from '../secrets-manager.ts';
import type { Terminal } from '../terminal.ts';
import { sightOf } from './sight.ts';
import { type Situation, situationOf } from './situation.ts';
import { takeStep } from './take-step.ts';
import { proposed, Unrepaired, type Done } from './unrepaired.ts';

export interface RepairOptions {
  /** A name or an ARN. */
  readonly secret: string;
  readonly json: boolean;
  readonly yes: boolean;
  readonly dryRun: boolean;
}

/** More than any state needs: each step of a repair leads to another state. */
const mostSteps = 8;

/**
 * Has the secret's own rotation function say what every system accepts, proposes the one safe way
 * out, and has it go there after a person confirmed; again, until nothing is left. Throws a
 * UsageError or a Failure; an `Unrepaired` where a person has to do something. May be called twice.
 */
export async function repair(options: RepairOptions, terminal: Terminal): Promise<void> {
  if (!options.yes && !options.dryRun && !terminal.interactive) throw notAsked();
  terminal.tell(elsewhere());
  const secret = await findSecret(options.secret);
  const done: Done[] = [];
  let inspection = await inspectSecret(secret);
  for (let step = 0; step < mostSteps; step += 1) {
    const situation = situationOf({ done, inspection });
    if (situation.wayOut.way === 'none') return end(options, terminal, situation);
    if (options.dryRun) return rehearse(options, terminal, situation);
    const taken = await takeStep({ options, terminal, secret }, situation);
    if (taken.done) done.push(taken.done);
    inspection = taken.inspection;
  }
  throw new Unrepaired({ done, inspection }, 'What was done led to nothing.');
}

/** Of a dry run what it would do is the result, whatever is wrong. Throws what the command ends with. */
async function rehearse(
  { json }: RepairOptions,
  terminal: Terminal,
  situation: Situation,
): Promise<never> {
  const { way, finding, action = '' } = situation.wayOut;
  const toDo = isDoable(way) ? `To do (${way}): ${action}` : action;
  if (!json) await terminal.answer(`${sightOf(situation.inspection)}\n\n${finding}\n${toDo}\n`);
  if (isDoable(way)) throw proposed(situation, way);
  throw new Unrepaired(situation, `${finding} ${action}`);
}

async function end(
  { json }: RepairOptions,
  terminal: Terminal,
  { done, inspection, wayOut: { finding } }: Situation,
): Promise<void> {
  const { name, rotationEnabled } = inspection;
  const off = rotationEnabled
    ? ''
    : `Rotation is switched off: keyturn rotate ${name} switches it on again.\n`;
  const document = { secret: name, outcome: 'works', done, inspection };
  await terminal.answer(
    json
      ? `${JSON.stringify(document, null, 2)}\n`
      : `${sightOf(inspection)}\n\n${name}: ${finding}\n${off}`,
  );
}

const notAsked = () =>
  new UsageError(
    'There is no terminal to ask on. Add --yes to have done what is proposed, or --dry-run to see it.',
  );
