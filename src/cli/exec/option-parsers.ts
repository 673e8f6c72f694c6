import { InvalidArgumentError } from 'commander';

/** Names of keys, separated by commas; what earlier ones gave is kept. */
export function names(text: string, earlier: unknown): readonly string[] {
  const given = text.split(',');
  if (given.some((name) => name === '')) {
    throw new InvalidArgumentError('It takes names, separated by commas.');
  }
  if (text === '--') throw new InvalidArgumentError('Names are missing before the --.');
  return [...(Array.isArray(earlier) ? earlier.map(String) : []), ...given];
}

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** A time such as 5m, in ms: at least 100 ms, and at most a day. */
export function interval(text: string): number {
  const [, number = '', unit = ''] = /^(\d{1,9})(ms|s|m|h)$/.exec(text) ?? [];
  const found = Object.entries(units).find(([name]) => name === unit);
  const time = Number(number) * (found?.[1] ?? 0);
  if (time >= 100 && time <= 24 * units.h) return time;
  throw new InvalidArgumentError('It takes a time from 100ms to 24h, such as 5s, 5m or 1h.');
}

const notices: readonly NodeJS.Signals[] = [
  ...(['SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const),
  ...(['SIGINT', 'SIGQUIT', 'SIGWINCH'] as const),
];

/** The name of a signal that programs are told something by. */
export function notice(text: string): NodeJS.Signals {
  const found = notices.find((name) => name === text || name === `SIG${text}`);
  if (found) return found;
  throw new InvalidArgumentError('It takes HUP, USR1, USR2, INT, QUIT or WINCH.');
}
