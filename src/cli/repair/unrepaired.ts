import { Failure } from '../failure.ts';
import type { InspectionAnswer } from '../inspection.ts';

/** Something that was done, by its stable name. */
export interface Done {
  readonly way: string;
  readonly keys: readonly string[];
}

/** What was done so far, and how the secret stands. */
export interface Report {
  readonly done: readonly Done[];
  readonly inspection: InspectionAnswer;
}

/** The secret does not work, or something is owed that is due, and what is said has to be done first. */
export class Unrepaired extends Failure {
  readonly #report: Report;

  constructor(report: Report, message: string, { code } = { code: 'NOT_REPAIRED' }) {
    super(code, message);
    this.name = 'Unrepaired';
    this.#report = report;
  }

  override toJSON() {
    const { done, inspection } = this.#report;
    return { ...super.toJSON(), secret: inspection.name, done, inspection };
  }
}

/** Nothing was to be done, and something could be. */
export const proposed = (report: Report, way: string) =>
  new Unrepaired(
    report,
    `Nothing was done. Run the same command without --dry-run to have that done (${way}).`,
    { code: 'REPAIR_PROPOSED' },
  );

export const declined = (report: Report) =>
  new Unrepaired(
    report,
    report.done.length === 0 ? 'Nothing was changed.' : 'Nothing else was done.',
    { code: 'DECLINED' },
  );
