import { Failure, Interrupted } from '../failure.ts';
import type { FoundSecret } from '../find-secret.ts';
import { plainTable } from '../plain-table.ts';
import type { Terminal } from '../terminal.ts';
import { askForRehearsal, type RehearsalAnswer } from './ask-for-rehearsal.ts';

/**
 * Says whether a rotation could begin now and succeed: the function runs every check and rehearsal,
 * and changes nothing. Throws a Failure where it could not, and Interrupted at the signal.
 */
export async function rehearse(
  secret: FoundSecret,
  { json }: { readonly json: boolean },
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const answer = await askForRehearsal(secret, signal).catch((error: unknown) => {
    throw signal.aborted ? stopped() : error;
  });
  const { rotationEnabled } = secret;
  const document = { outcome: answer.ready ? 'ready' : 'refused', rotationEnabled, ...answer };
  if (answer.ready || !json) {
    await terminal.answer(json ? `${JSON.stringify(document, null, 2)}\n` : textOf(answer));
    if (!json && !rotationEnabled) terminal.tell(switchedOff);
  }
  if (!answer.ready) throw new Refusal(answer);
}

const switchedOff = 'Rotation is switched off for it. To rotate switches it on again.\n';

const stopped = () =>
  new Interrupted('INTERRUPTED', 'Nobody waits for the rehearsal any more. Nothing was changed.');

/** Its document is the whole rehearsal. */
class Refusal extends Failure {
  readonly #answer: RehearsalAnswer;

  constructor(answer: RehearsalAnswer) {
    const [first] = problemsIn(answer);
    super(
      first?.code ?? 'ROTATION_FAILED',
      `A rotation of ${answer.name} would fail now: mend what stands above first. Nothing was changed.`,
    );
    this.#answer = answer;
  }

  override toJSON() {
    return { ...this.#answer, ...super.toJSON() };
  }
}

const problemsIn = ({ obstacles, keys }: RehearsalAnswer) => [
  ...obstacles,
  ...keys.flatMap(({ problem }) => problem ?? []),
];

function textOf(answer: RehearsalAnswer): string {
  const table = plainTable(['key', 'rotator', 'check', 'switch']);
  for (const { key, rotator, check, rehearsal } of answer.keys) {
    table.push([key, rotator, check, rehearsal ? `rehearsal ${rehearsal}` : '–']);
  }
  const problems = problemsIn(answer).map(({ code, message }) => `${message} [${code}]\n`);
  const end = answer.ready
    ? `A rotation of ${answer.name} could begin now. Nothing was changed.\n`
    : '';
  return `${table.length > 0 ? `${table.toString()}\n` : ''}${problems.join('')}${end}`;
}
