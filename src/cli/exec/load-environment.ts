import { compromisedKeys, leftOutNotice } from '../compromised-keys.ts';
import { Failure } from '../failure.ts';
import { say } from '../say.ts';
import { type Document, findVersion, readVersion, type SecretVersion } from '../secret-version.ts';
import { environmentOf, type Inheritance } from './environment.ts';
import { variablesOf } from './variables.ts';

export interface Wanted extends Inheritance {
  readonly secret: string;
  readonly only?: readonly string[] | undefined;
  /** Whether NAME_PREVIOUS is added. */
  readonly previous: boolean;
  /** Whether a warning is a failure. */
  readonly strict: boolean;
}

export interface Loaded {
  readonly versionId: string;
  readonly environment: NodeJS.ProcessEnv;
  /** The versions that the environment is of. */
  readonly documents: readonly Document[];
}

/** Reads the secret and makes the environment of the program. Warns, or throws a Failure. */
export async function loadEnvironment(wanted: Wanted): Promise<Loaded> {
  const { current, previous } = await read(wanted);
  const variables = variablesOf(current.document, wanted.only);
  const { environment, warnings } = environmentOf({
    ...wanted,
    parent: process.env,
    variables,
    previous: previous && given(previous, [...variables.values.keys()]),
  });
  warn(warnings, wanted.strict);
  const versions = [current, ...(previous ? [previous] : [])];
  return {
    versionId: current.versionId,
    environment,
    documents: versions.map(({ document }) => document),
  };
}

/** What may be given of the previous version. That a key is missing there stops no program. */
function given(previous: SecretVersion, names: readonly string[]): Document {
  const compromised = compromisedKeys(previous, 'AWSPREVIOUS');
  for (const key of names.filter((name) => compromised.has(name))) {
    say(leftOutNotice(key, 'AWSPREVIOUS'));
  }
  const rest = Object.entries(previous.document).filter(([key]) => !compromised.has(key));
  return Object.fromEntries(rest);
}

/** The labels may move between the two reads: then both are read again. */
async function read({ secret, previous: isWanted }: Wanted) {
  for (let attempt = 1; ; attempt += 1) {
    const current = await readVersion({ secret, stage: 'AWSCURRENT' });
    if (!isWanted) return { current };
    const previous = await findVersion({ secret, stage: 'AWSPREVIOUS' });
    if (previous?.versionId !== current.versionId || attempt === 3) return { current, previous };
  }
}

function warn(warnings: readonly string[], isStrict: boolean): void {
  if (isStrict && warnings.length > 0) {
    throw new Failure('STRICT', `${warnings.join(' ')} With --strict the program does not start.`);
  }
  for (const warning of warnings) say(warning);
}
