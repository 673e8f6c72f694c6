import { Failure } from '../failure.ts';
import type { InspectionAnswer } from '../inspection.ts';
import type { Report } from './unrepaired.ts';

/** What was done so far, how the secret stands, and what can be done about that. */
export interface Situation extends Report {
  readonly wayOut: NonNullable<InspectionAnswer['wayOut']>;
}

/** Throws a Failure where the function says nothing of a way out: one from before there was a repair. */
export function situationOf({ done, inspection }: Report): Situation {
  const { wayOut } = inspection;
  if (wayOut) return { done, inspection, wayOut };
  throw new Failure(
    'UNEXPECTED',
    'The function does not say what can be done. Deploy the version of Keyturn that belongs to this ' +
      'command.',
  );
}
