import type { Plan } from '../../rotation/plan.ts';
import type { Rotator } from '../../rotation/rotator.ts';
import { randomText } from '../../rotators/random-text.ts';
import { passwordLength } from '../../rotators/rds-master-password/password-policy.ts';
import { ownerOf } from './sources.ts';

/** Characters, six bits each, of a key that no rotator knows: as many as random-key's by default. */
const ordinaryLength = 64;

/** A first value from the CSPRNG, such as the key's rotator would make. */
export async function generate(plan: Plan, key: string): Promise<string> {
  const rotator = ownerOf(plan, key);
  if (rotator?.kind === 'random-key') return firstOf(rotator);
  if (rotator?.kind === 'rds-master-password') return randomText(passwordLength(anyDatabase, ''));
  return randomText(ordinaryLength);
}

/** No engine is known yet: the length and the characters are such that every one takes them. */
const anyDatabase = { kind: 'instance', identifier: '' } as const;

/** As long as it is configured. What the rotator keeps of an earlier key is left: there is none. */
async function firstOf(rotator: Rotator): Promise<string> {
  const made = await rotator.create({
    current: { [rotator.key]: 'no key yet' },
    superseded: async () => undefined,
    version: { secret: '', token: '', labelled: async () => [] },
    signal: new AbortController().signal,
    log: { info: () => undefined, warn: () => undefined },
    withhold: () => undefined,
  });
  const value = made[rotator.key];
  return typeof value === 'string' ? value : randomText(ordinaryLength);
}
