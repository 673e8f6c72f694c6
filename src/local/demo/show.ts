import type { Strategy } from '../strategies/strategy.ts';
import type { RotationReport } from './report.ts';
import type { RotationWatch } from './rotation-watch.ts';

/** Labels by version id. */
export type LabelsOf = Readonly<Record<string, readonly string[]>>;

/** Shows what happens, while it happens. */
export interface Show {
  /** Something that takes a while; the show goes by its promise. */
  during<T>(title: string, work: Promise<T>): Promise<T>;
  /** Resolves when nothing of the rotation is left to come. */
  rotation(number: number, watch: RotationWatch, strategy: Strategy): Promise<void>;
  result(
    number: number,
    report: RotationReport,
    labels: { before: LabelsOf; after: LabelsOf },
  ): void;
}
