const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

const words = new Intl.RelativeTimeFormat('en');

/** `3 days ago` or `in 56 minutes`, in the largest unit of which there are two, or one second. */
export function relative(time: Date, now: Date): string {
  const ms = time.getTime() - now.getTime();
  const [unit, length] = units.find(([, each]) => Math.abs(ms) >= 2 * each) ?? ['second', 1_000];
  return words.format(Math.trunc(ms / length), unit);
}

/** `2026-11-23 17:03 UTC`. */
export const absolute = (time: Date): string =>
  `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** Both of them. */
export const both = (time: Date, now: Date): string => `${absolute(time)} (${relative(time, now)})`;
