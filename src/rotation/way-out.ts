import type { Told } from './inspection.ts';

/**
 * What can be done about how a secret stands, each by what is there already:
 * `heal`: systems are switched to what AWSCURRENT says.
 * `take-back`: a rotation that stuck is taken back, and AWSPENDING comes off.
 * `finish`: a rotation that stuck is finished, since only its credentials work.
 * `roll-back`: the last rotation is taken back, since only what was current before it works.
 * `put-back`: AWSCURRENT goes back to AWSPREVIOUS, from what somebody stored and does not work.
 * `reset`: an administrator sets the credential under AWSCURRENT.
 * `pay`: what is superseded or abandoned is revoked.
 */
export const doableWays = [
  'heal',
  'take-back',
  'finish',
  'roll-back',
  'put-back',
  'reset',
  'pay',
] as const;

export type DoableWay = (typeof doableWays)[number];

/**
 * What a person has to do: nothing; something outside of Keyturn first, or wait; or to give a
 * credential that works.
 */
export type OtherWay = 'none' | 'mend-first' | 'supply';

/** What may be done, of what was seen: this and nothing else. */
export interface Proposal<W extends string = DoableWay> {
  readonly way: W;
  /** The configured keys it is about, in the order of the configuration. */
  readonly keys: readonly string[];
  /** The version it is done to; absent where AWSCURRENT's alone matters. */
  readonly version?: string | undefined;
}

/** The one way out of how a secret stands. Holds no value. */
export interface WayOut extends Proposal<DoableWay | OtherWay> {
  /** What is wrong, or that nothing is. */
  readonly finding: string;
  /** What is to be done, and what it needs; absent where nothing is. */
  readonly action?: string | undefined;
  /** Why a system, or the secret, could not be asked. */
  readonly reasons: readonly Told[];
}

/** Whether the function can do it, once a person said so. */
export const isDoable = (way: string): way is DoableWay =>
  doableWays.some((doable) => doable === way);
