/** What a test may choose, at any time. */
export interface SchedulerBehaviour {
  /** How long after its time a delivery starts: up to 60 s on AWS. */
  precisionMs: number;
  /** Every event is delivered twice, at the same moment. */
  deliverTwice: boolean;
  /** What becomes of an `at()` in the past: it is due at once, or refused. AWS does not say. */
  pastAt: 'fire' | 'refuse';
  /** The wait before the first retry; it doubles with each. */
  firstRetryMs: number;
  /** The longest wait between two attempts. */
  longestRetryMs: number;
}

export const defaultSchedulerBehaviour: SchedulerBehaviour = {
  precisionMs: 0,
  deliverTwice: false,
  pastAt: 'fire',
  firstRetryMs: 1_000,
  longestRetryMs: 3_600_000,
};
