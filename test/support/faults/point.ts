/** The systems outside of the process. */
export type OutsideSystem =
  'Secrets Manager' | 'Scheduler' | 'RDS' | 'Twilio' | 'PostgreSQL' | 'MySQL' | 'MariaDB';

/** Whether it is a database that accounts log in to. */
export const isDatabase = (system: OutsideSystem): boolean =>
  system === 'PostgreSQL' || system === 'MySQL' || system === 'MariaDB';

/** One call to one of them, by the names it goes by. Holds no values. */
export interface OutsideCall {
  readonly system: OutsideSystem;
  /** As its owner spells it: `PutSecretValue`, `POST /v1/AuthTokens/Secondary`. */
  readonly operation: string;
  /** What tells it from others of its kind, such as the label that is moved. */
  readonly detail?: string | undefined;
}

/** A call as it was made: in which invocation, as which call of the whole run. */
export interface Point extends OutsideCall {
  /** Counted from 0 over all invocations of a run. */
  readonly index: number;
  /** Counted from 1. */
  readonly invocation: number;
  /** `createSecret`, …, `reconcile`. */
  readonly step: string;
}

/** How a point is called in tables and reproductions. */
export const titleOf = ({ step, operation, detail }: Point): string =>
  `${step} · ${operation}${detail === undefined ? '' : `(${detail})`}`;
