import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { type Machine, machineAfter } from '../machine.ts';
import type { BurstCalls } from './bursts.ts';
import type { Import } from './imports.ts';
import type { Outage } from './outages.ts';
import type { PreviousRead } from './previous.ts';
import type { ReadRate } from './rates.ts';

/** How much is measured. */
export interface Extent {
  /** Rounds of the starts. */
  readonly startRounds: number;
  /** Rounds of the reads from memory. */
  readonly readRounds: number;
  /** How long the counted reads of a round take at least. */
  readonly batchMs: number;
  readonly outageMs: number;
}

export interface Measured {
  readonly extent: Extent;
  readonly loadBefore: number;
  readonly rates: readonly ReadRate[];
  readonly imports: readonly Import[];
  readonly bursts: readonly BurstCalls[];
  readonly outages: readonly Outage[];
  readonly previous: readonly PreviousRead[];
}

/** All that a run found out, for `--json`. */
export interface Report extends Omit<Measured, 'loadBefore'> {
  readonly machine: Machine;
  /** Versions of what was compared. */
  readonly packages: Readonly<Record<string, string>>;
}

const compared = [
  '@aws-lambda-powertools/parameters',
  '@middy/secrets-manager',
  '@middy/core',
  '@aws-sdk/client-secrets-manager',
] as const;

export function reportOf({ loadBefore, ...measured }: Measured): Report {
  return {
    machine: machineAfter(loadBefore),
    packages: Object.fromEntries(compared.map((name) => [name, versionOf(name)])),
    ...measured,
  };
}

const described = v.pipe(v.string(), v.parseJson(), v.looseObject({ version: v.string() }));

/** From the file, since not every package lets it be imported. */
function versionOf(name: string): string {
  const file = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
  return v.parse(described, readFileSync(file, 'utf8')).version;
}
