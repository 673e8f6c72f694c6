import type { Strategy } from '../../src/local/strategies/strategy.ts';
import { template } from '../../src/local/template/template.ts';
import { type Machine, machineAfter } from '../machine.ts';
import type { Compared } from './compare-strategy.ts';

/** A strategy that was compared, or why it was not. */
export interface Row {
  readonly strategy: string;
  readonly title: string;
  /** How long what was superseded works on, where nobody says otherwise; absent where it ends at once. */
  readonly grace?: string;
  /** Why it was left out. */
  readonly missing?: string;
  readonly compared?: Compared;
}

/** All that a run found out, for `--json`. */
export interface Report {
  readonly date: string;
  readonly machine: Machine;
  readonly rotations: number;
  readonly rows: readonly Row[];
}

interface Measured extends Pick<Report, 'rotations' | 'rows'> {
  readonly loadBefore: number;
}

export const reportOf = ({ loadBefore, rotations, rows }: Measured): Report => ({
  date: new Date().toISOString().slice(0, 10),
  machine: machineAfter(loadBefore),
  rotations,
  rows,
});

export const rowOf = (
  { name, title, grace }: Strategy,
  outcome: Pick<Row, 'missing' | 'compared'>,
): Row => ({
  strategy: name,
  title,
  ...(grace && { grace: String(template.Parameters[grace]?.Default) }),
  ...outcome,
});
