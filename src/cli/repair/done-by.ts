import type { DoableWay, Proposal } from '../../rotation/way-out.ts';

/** What was done, for a person: a sentence. */
export function doneBy({ way, keys, version }: Proposal): string {
  if (way === 'heal' && version) return 'AWSCURRENT went forward again, to the version that works.';
  return keys.length > 0 ? `${sentences[way]}: ${keys.join(', ')}.` : `${sentences[way]}.`;
}

const sentences: Readonly<Record<DoableWay, string>> = {
  heal: 'the systems were switched to what AWSCURRENT says',
  'take-back': 'the rotation that stuck was taken back, and AWSPENDING taken off',
  finish: 'the rotation that stuck was finished, and AWSCURRENT is on what it made',
  'roll-back': 'the last rotation was taken back, and AWSCURRENT is where it was before',
  'put-back': 'AWSCURRENT went back, to a version of which every credential works',
  reset: 'the password was set to the one under AWSCURRENT',
  pay: 'what nothing uses any more was revoked',
};
