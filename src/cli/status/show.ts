import { printableName } from '../printable.ts';
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
