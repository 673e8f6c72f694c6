import type { Clock } from '../../rotation/clock.ts';
import type { Account } from './account.ts';
import type { ApiKey } from './api-key.ts';
import type { TwilioBehaviour } from './behaviour.ts';

/** All there is at this Twilio. */
export interface World {
  readonly clock: Pick<Clock, 'now'>;
  readonly behaviour: TwilioBehaviour;
  readonly accounts: Map<string, Account>;
}

interface HeldKey {
  readonly account: Account;
  readonly key: ApiKey;
}

/** The holder of a key, wherever it is. */
export function findKey(world: World, sid: string): HeldKey | undefined {
  for (const account of world.accounts.values()) {
    const key = account.keys.get(sid);
    if (key) return { account, key };
  }
  return undefined;
}

/** The key if it is taken at this moment: a new one not at once, a deleted one for a while yet. */
export function keyInForce(world: World, sid: string): HeldKey | undefined {
  const { keyDelayMs, keyLingerMs } = world.behaviour;
  const agoMs = (date: Date) => world.clock.now().getTime() - date.getTime();
  const held = findKey(world, sid);
  if (held) return agoMs(held.key.created) >= keyDelayMs ? held : undefined;
  for (const account of world.accounts.values()) {
    const gone = account.endedKeys.get(sid);
    if (gone && agoMs(gone.ended) < keyLingerMs) return { account, key: gone.key };
  }
  return undefined;
}
