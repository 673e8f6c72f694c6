import { setTimeout } from 'node:timers/promises';
import { Counting, type Tally } from './tally.ts';

/** Between two attempts, in ms: enough for others on the machine to have a turn. */
const pauseMs = 10;

/** Something that is done over and over, one after another, until it is stopped. */
export interface Repeated {
  readonly tally: Tally;
  stop(): Promise<void>;
}

export function repeated(attempt: () => Promise<unknown>): Repeated {
  const counting = new Counting();
  const state = { isStopped: false };
  const loop = repeat();

  async function repeat(): Promise<void> {
    while (!state.isStopped) {
      await counting.count(attempt);
      await setTimeout(pauseMs);
    }
  }

  return {
    get tally() {
      return counting.tally;
    },
    stop() {
      state.isStopped = true;
      return loop;
    },
  };
}
