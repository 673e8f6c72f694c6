import type { Plan } from '../../rotation/plan.ts';
import type { Rotator } from '../../rotation/rotator.ts';
import { Failure, UsageError } from '../failure.ts';
import { requiredBy } from './configured.ts';
import type { InitOptions } from './options.ts';

/** Where a value comes from; `derived` is built from the others, as rotation.config.ts says. */
export type Source = 'file' | 'generated' | 'prompt' | 'derived';

export interface PlannedKey {
  readonly key: string;
  readonly from: Source;
}

interface Choice {
  readonly plan: Plan;
  readonly options: Pick<InitOptions, 'key' | 'generate' | 'without' | 'fromFile'>;
  /** The keys of the file. */
  readonly given: readonly string[];
}

/**
 * Every key of the new secret and where its value comes from: those of the file first, then what
 * the rotators need, then what was asked for. Throws a Failure where two sources claim a key.
 */
export function chooseSources({ plan, options, given }: Choice): readonly PlannedKey[] {
  const derived = Object.keys(plan.derived);
  const needed = neededBy(plan);
  assertLeftOut(plan, options.without, [...needed, ...derived]);
  assertSettable(plan, options);
  assertNotGiven(options, given);

  const named = [...needed, ...options.key, ...options.generate, ...derived];
  const wanted = named.filter((key) => !options.without.includes(key));
  const source = sourceOf({ plan, options, given });
  const keys = [...new Set([...given, ...wanted])].map((key) => ({ key, from: source(key) }));
  if (keys.length === 0) throw nothingLeft();
  return keys;
}

/** Throws where nobody is there to be asked for a value that no file gives. */
export function assertAnswerable(keys: readonly PlannedKey[], { fromFile }: Choice['options']) {
  const open = keys.filter(({ from }) => from === 'prompt').map(({ key }) => key);
  if (open.length === 0) return;
  const missing = open.join(', ');
  if (fromFile === undefined) {
    throw new UsageError(
      `There is no terminal to ask on for ${missing}. Give the values with --from-file, or leave keys ` +
        'out with --without.',
    );
  }
  throw new Failure(
    'KEY_MISSING',
    `The file lacks ${missing}, and there is no terminal to ask on. Add what is missing, or leave it ` +
      'out with --without.',
  );
}

const neededBy = ({ rotators }: Plan) => [...new Set(rotators.flatMap(requiredBy))];

const sourceOf =
  ({ plan, options, given }: Choice) =>
  (key: string): Source => {
    if (given.includes(key)) return 'file';
    if (options.key.includes(key)) return 'prompt';
    if (options.generate.includes(key)) return 'generated';
    if (Object.hasOwn(plan.derived, key)) return 'derived';
    return ownerOf(plan, key)?.kind === 'random-key' ? 'generated' : 'prompt';
  };

/** The rotator that is configured for a key. */
export const ownerOf = ({ rotators }: Plan, key: string): Rotator | undefined =>
  rotators.find((rotator) => rotator.key === key);

/** Leaving out what a rotator reads, and not the key it is for, would make the rotation fail. */
function assertLeftOut({ rotators }: Plan, without: readonly string[], known: readonly string[]) {
  const unknown = without.find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new UsageError(
      `--without ${unknown} leaves out nothing: the keys are ${known.join(', ')}.`,
    );
  }
  for (const { key, kind, reads } of rotators) {
    const read = reads.find((each) => without.includes(each));
    if (read === undefined || without.includes(key)) continue;
    throw new UsageError(
      `--without ${read} needs --without ${key} beside it: ${kind} rotates ${key} with the help of ${read}.`,
    );
  }
}

/** Neither typed nor made up: what a rotator keeps by itself, or what only a provider can make. */
function assertSettable({ rotators }: Plan, { key: asked, generate }: Choice['options']): void {
  for (const { kind, key, reads, optional, madeByProvider } of rotators) {
    const kept = [...asked, ...generate].find((each) => optional.includes(each));
    if (kept !== undefined) {
      throw new UsageError(`${kind} keeps ${kept} by itself. Leave it out, or give it in a file.`);
    }
    const isForeign = (each: string) => reads.includes(each) || (madeByProvider && each === key);
    const made = generate.find(isForeign);
    if (made === undefined) continue;
    throw new UsageError(
      `--generate ${made} would make up what another system knows (${kind}). Leave it to be asked for.`,
    );
  }
}

function assertNotGiven(options: Choice['options'], given: readonly string[]): void {
  for (const option of ['key', 'generate', 'without'] as const) {
    const twice = options[option].find((key) => given.includes(key));
    if (twice === undefined) continue;
    throw new Failure(
      'INPUT_CONFLICT',
      `The key ${twice} is in the file, and in --${option} too. Leave it in one of the two.`,
    );
  }
}

const nothingLeft = () => new UsageError('No key is left to make a secret of.');
