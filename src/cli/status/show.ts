import { printable, printableName } from '../printable.ts';
import { details } from './details.ts';
import { overview } from './overview.ts';
import type { Round } from './round.ts';
import type { SecretStatus } from './secret-status.ts';

export interface Shown {
  readonly statuses: readonly SecretStatus[];
  /** Everything of each, also where there are several. */
  readonly verbose: boolean;
}

/** How secrets stand, for a person. Control characters in it are those of colours, and ours. */
export function textOf({ statuses, verbose }: Shown, now: Date): string {
  const clean = statuses.map(cleaned);
  if (verbose || clean.length === 1) {
    return `${clean.map((each) => details(each, now)).join('\n\n\n')}\n`;
  }
  return clean.length === 0 ? '' : `${overview(clean, now)}\n`;
}

/** The same of one look of several, with the time and what is to be said beside it. */
export function blockOf(
  { statuses, remarks }: Round,
  { verbose, everyMs }: { readonly verbose: boolean; readonly everyMs: number },
  now: Date,
): string {
  const time = now.toISOString().slice(0, 19).replace('T', ' ');
  const footer = `${time} UTC, every ${everyMs / 1_000} s; Ctrl-C ends it.`;
  return [textOf({ statuses, verbose }, now), ...remarks.map(printable), footer, ''].join('\n');
}

/** The same for a program. */
export const documentOf = ({ statuses, remarks }: Round, now: Date) => ({
  outcome: allWork(statuses) ? 'works' : 'attention',
  at: now.toISOString(),
  secrets: statuses,
  remarks,
});

export const allWork = (statuses: readonly SecretStatus[]): boolean =>
  statuses.every(({ state }) => state === 'works');

/** Whatever was told of a secret, as a terminal shows it. */
function cleaned(status: SecretStatus): SecretStatus {
  const clean: SecretStatus = JSON.parse(JSON.stringify(status), (_key, value: unknown) =>
    typeof value === 'string' ? printableName(value) : value,
  );
  return clean;
}
