import { AsyncLocalStorage } from 'node:async_hooks';
import type { Passage } from './passage.ts';
import type { Places } from './places.ts';

/** The invocation that the running code belongs to, and the world it is in. */
interface Caller {
  readonly passage: Passage;
  readonly places: Places;
}

const callers = new AsyncLocalStorage<Caller>();

/** Runs an invocation's code so that whatever it calls is known to come from it. */
export const callingFrom = <T>(caller: Caller, work: () => Promise<T>): Promise<T> =>
  callers.run(caller, work);

/** Throws where no invocation is calling: nobody else may use its ends. */
export function currentCaller(): Caller {
  const caller = callers.getStore();
  if (!caller) throw new Error('A call that belongs to no invocation.');
  return caller;
}
