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

/** The holder of a key, wherever it is. */
export function findKey(world: World, sid: string): { account: Account; key: ApiKey } | undefined {
  for (const account of world.accounts.values()) {
    const key = account.keys.get(sid);
    if (key) return { account, key };
  }
  return undefined;
}
