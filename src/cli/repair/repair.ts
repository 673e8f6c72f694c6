import { isDoable } from '../../rotation/way-out.ts';
import { Failure, UsageError } from '../failure.ts';
import { findSecret, type FoundSecret } from '../find-secret.ts';
import { inspectSecret, type InspectionAnswer } from '../inspection.ts';
import { elsewhere } from '../secrets-manager.ts';
import type { Terminal } from '../terminal.ts';
import { perform } from './perform.ts';
import { sightOf } from './sight.ts';
import { askForValues } from './supply.ts';
import { declined, proposed, Unrepaired, type Done, type Report } from './unrepaired.ts';

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
    if (wayOutOf(inspection).way === 'none') return end(options, terminal, { done, inspection });
    const taken = await takeStep({ options, terminal, secret }, { done, inspection });
    if (taken.done) done.push(taken.done);
    inspection = taken.inspection;
  }
  throw new Unrepaired({ done, inspection }, 'What was done led to nothing.');
}

interface Session {
  readonly options: RepairOptions;
  readonly terminal: Terminal;
  readonly secret: FoundSecret;
}

/** Shows, asks, and does one thing. Answers how the secret stands then. */
async function takeStep(
  { options, terminal, secret }: Session,
  report: Report,
): Promise<{ readonly done?: Done; readonly inspection: InspectionAnswer }> {
  const { way, keys, version, finding, action = '' } = wayOutOf(report.inspection);
  if (options.dryRun) throw await rehearsed(options, terminal, report);
  terminal.tell(`${sightOf(report.inspection)}\n\n${finding}\n`);
  if (isDoable(way)) {
    terminal.tell(`To do (${way}): ${action}\n`);
    if (!options.yes && !(await terminal.confirm('Do that?'))) throw declined(report);
    return perform(secret, { way, keys, ...(version && { version }) }, terminal);
  }
  if (way !== 'supply' || keys.length === 0 || !terminal.interactive) {
    throw new Unrepaired(report, `${finding} ${action}`);
  }
  terminal.tell(`${action}\n`);
  const wanted = { secret, inspection: report.inspection, keys };
  const { published, refusal = '' } = await askForValues(wanted, terminal);
  if (!published) throw new Unrepaired(report, refusal);
  return { done: { way: 'supply', keys: published }, inspection: await inspectSecret(secret) };
}

/** Of a dry run this is the result, whatever is wrong. Answers what the command ends with. */
async function rehearsed(
  { json }: RepairOptions,
  terminal: Terminal,
  report: Report,
): Promise<Unrepaired> {
  const { way, finding, action = '' } = wayOutOf(report.inspection);
  const toDo = isDoable(way) ? `To do (${way}): ${action}` : action;
  if (!json) await terminal.answer(`${sightOf(report.inspection)}\n\n${finding}\n${toDo}\n`);
  return isDoable(way) ? proposed(report, way) : new Unrepaired(report, `${finding} ${action}`);
}

async function end(
  { json }: RepairOptions,
  terminal: Terminal,
  { done, inspection }: Report,
): Promise<void> {
  const { finding } = wayOutOf(inspection);
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

/** A function deployed before there was a repair says nothing of it. */
function wayOutOf({ wayOut }: InspectionAnswer) {
  if (wayOut) return wayOut;
  throw new Failure(
    'UNEXPECTED',
    'The function does not say what can be done. Deploy the version of Keyturn that belongs to this ' +
      'command.',
  );
}

const notAsked = () =>
  new UsageError(
    'There is no terminal to ask on. Add --yes to have done what is proposed, or --dry-run to see it.',
  );
