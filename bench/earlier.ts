/**
 * AWS's own rotation function template for PostgreSQL. Not from this run: measured once, earlier and
 * on another machine, and here to compare orders of magnitude with.
 */
export const earlier = {
  what: 'AWS’s rotation template for PostgreSQL',
  readyMs: 380,
  bareNodeMs: 35,
  secretsManagerCalls: 14,
} as const;
