import { type DoableWay, isDoable } from '../../rotation/way-out.ts';
import type { FoundSecret } from '../find-secret.ts';
import { inspectSecret, type InspectionAnswer } from '../inspection.ts';
import type { Terminal } from '../terminal.ts';
import { perform } from './perform.ts';
import type { RepairOptions } from './repair.ts';
import { sightOf } from './sight.ts';
import type { Situation } from './situation.ts';
import { askForValues } from './supply.ts';
import { declined, Unrepaired, type Done } from './unrepaired.ts';

interface Session {
  readonly options: RepairOptions;
  readonly terminal: Terminal;
  readonly secret: FoundSecret;
}

interface Taken {
  readonly done?: Done;
  readonly inspection: InspectionAnswer;
}

/** Shows, asks, and does one thing. Answers how the secret stands then. Throws an `Unrepaired`. */
export function takeStep(session: Session, situation: Situation): Promise<Taken> {
  const { wayOut, inspection } = situation;
  const { way, finding } = wayOut;
  session.terminal.tell(`${sightOf(inspection)}\n\n${finding}\n`);
  return isDoable(way) ? confirmed(session, situation, way) : supplied(session, situation);
}

/** What the function does, once a person said so. */
async function confirmed(
  { options, terminal, secret }: Session,
  situation: Situation,
  way: DoableWay,
): Promise<Taken> {
  const { keys, version, action = '' } = situation.wayOut;
  terminal.tell(`To do (${way}): ${action}\n`);
  if (!options.yes && !(await terminal.confirm('Do that?'))) throw declined(situation);
  return perform(secret, { way, keys, ...(version && { version }) }, terminal);
}

/** What a person does: values that work, or something outside of Keyturn first. */
async function supplied({ terminal, secret }: Session, situation: Situation): Promise<Taken> {
  const { way, keys, finding, action = '' } = situation.wayOut;
  if (way !== 'supply' || keys.length === 0 || !terminal.interactive) {
    throw new Unrepaired(situation, `${finding} ${action}`);
  }
  terminal.tell(`${action}\n`);
  const wanted = { secret, inspection: situation.inspection, keys };
  const { published, refusal = '' } = await askForValues(wanted, terminal);
  if (!published) throw new Unrepaired(situation, refusal);
  return { done: { way: 'supply', keys: published }, inspection: await inspectSecret(secret) };
}
