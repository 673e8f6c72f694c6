import { join } from 'node:path';
import { bundle } from '../../scripts/build.ts';
import { atStart, bytesOf, ever } from '../closure.ts';

/** What is compared, by the names of its entries. */
export const candidates = {
  keyturn: 'Keyturn',
  powertools: 'Powertools parameters',
  middy: 'middy secrets-manager',
  'middy-alone': 'middy’s middleware, without its core',
  sdk: 'AWS’s client, no cache',
  map: 'a Map',
} as const;

export type Candidate = keyof typeof candidates;

/** A candidate as an application would ship it. */
export interface Built {
  readonly name: string;
  /** Its path. Exports `open`. */
  readonly module: string;
  /** Code that is loaded by the import, and with whatever it may load later. */
  readonly bytes: { readonly atStart: number; readonly inAll: number };
}

export type BuiltCandidates = Readonly<Record<Candidate, Built>>;

/** Each by itself, and all in the same way: the one in which the functions are built. */
export async function buildCandidates(directory: string): Promise<BuiltCandidates> {
  const built = async (entry: Candidate) => builtInto(join(directory, entry), entry);
  return {
    keyturn: await built('keyturn'),
    powertools: await built('powertools'),
    middy: await built('middy'),
    'middy-alone': await built('middy-alone'),
    sdk: await built('sdk'),
    map: await built('map'),
  };
}

async function builtInto(directory: string, entry: Candidate): Promise<Built> {
  const modules = await bundle(directory, {
    entries: { [entry]: `bench/app/entries/${entry}.ts` },
  });
  const file = `${entry}.mjs`;
  return {
    name: candidates[entry],
    module: join(directory, file),
    bytes: { atStart: bytesOf(atStart(modules, file)), inAll: bytesOf(ever(modules, file)) },
  };
}
