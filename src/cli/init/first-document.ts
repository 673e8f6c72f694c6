import { RotationError } from '../../rotation/errors.ts';
import { maximumBytes, rebuildDerived, type Plan } from '../../rotation/plan.ts';
import type { SecretDocument } from '../../rotation/secret-document.ts';
import { Failure } from '../failure.ts';
import type { Question } from '../hidden-prompt.ts';
import type { Terminal } from '../terminal.ts';
import { generate } from './generate.ts';
import { problemWithTyped, requirementsOf } from './requirements.ts';
import type { PlannedKey } from './sources.ts';

/** Everything a first value is made from, what is typed aside. */
export interface ValueRequest {
  readonly plan: Plan;
  readonly without: readonly string[];
  readonly keys: readonly PlannedKey[];
  /** What the file holds. */
  readonly given: SecretDocument;
}

/**
 * The whole value: what the file holds as it stands there, then the typed, the generated and the
 * derived values. Throws a Failure, or Interrupted.
 */
export async function firstDocument(
  request: ValueRequest,
  terminal: Pick<Terminal, 'askHidden'>,
): Promise<SecretDocument> {
  const { plan, keys, given } = request;
  const typed = await askFor(request, terminal);
  const values: [string, string][] = [];
  for (const { key, from } of keys) {
    const value = from === 'generated' ? await generate(plan, key) : typed.get(key);
    if (value !== undefined) values.push([key, value]);
  }
  const document = derive(request, given.with(Object.fromEntries(values)));
  assertUsable(request, document);
  return document;
}

/** Throws a Failure, naming the key, where a value that is there already is not what it must be. */
export function assertUsable({ plan, without }: ValueRequest, document: SecretDocument): void {
  for (const [key, requirements] of requirementsOf(plan, without)) {
    const value = document.get(key);
    const failed = requirements.find(({ holds }) => value !== undefined && !holds(value));
    if (!failed) continue;
    throw new Failure(
      failed.code,
      `The key ${key} must be ${failed.what}: its rotator needs that. Correct it and run the same ` +
        'command again.',
    );
  }
  if (document.bytes > maximumBytes) throw tooLarge(document.bytes);
}

function askFor(
  { plan, without, keys }: ValueRequest,
  terminal: Pick<Terminal, 'askHidden'>,
): Promise<ReadonlyMap<string, string>> {
  const requirements = requirementsOf(plan, without);
  const questions = keys
    .filter(({ from }) => from === 'prompt')
    .map(({ key }): Question => {
      const problemWith = (answer: string) => problemWithTyped(answer, requirements.get(key));
      return { key, message: questionFor(plan, key), problemWith };
    });
  return questions.length === 0 ? Promise.resolve(new Map()) : terminal.askHidden(questions);
}

function questionFor({ rotators }: Plan, key: string): string {
  const rotator = rotators.find(({ key: own, reads }) => own === key || reads.includes(key));
  if (rotator?.kind === 'rds-master-password') return `${key} (the master user's, as it works now)`;
  if (rotator?.kind !== 'twilio-auth-token') return key;
  return rotator.key === key ? `${key} (the account's primary one)` : `${key} (AC…)`;
}

/** A derived key that the file holds stays as it is there, until the first rotation builds it. */
function derive({ plan, keys }: ValueRequest, document: SecretDocument): SecretDocument {
  const isOpen = (key: string) => keys.some((each) => each.key === key && each.from === 'derived');
  const entries = Object.entries(plan.derived).filter(([key]) => isOpen(key));
  try {
    return rebuildDerived({ rotators: [], derived: Object.fromEntries(entries) }, document);
  } catch (error) {
    if (!(error instanceof RotationError)) throw error;
    throw new Failure(
      error.code,
      `The derived key ${error.key} could not be built: its function in rotation.config.ts threw or did ` +
        'not return a text. Mend it, or leave the key out with --without.',
    );
  }
}

const tooLarge = (bytes: number) =>
  new Failure(
    'VALUE_TOO_LARGE',
    `The value would hold ${bytes} bytes; Secrets Manager stores at most ${maximumBytes}. Leave out keys ` +
      'that the application does not need.',
  );
