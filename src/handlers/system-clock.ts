import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../rotation/clock.ts';

/** Real time. */
export const systemClock: Clock = {
  now: () => new Date(),
  sleep: async (ms, signal) => setTimeout(ms, undefined, signal && { signal }),
};
