import { RotationError } from '../../rotation/errors.ts';

/** Twilio's answers that are states and not failures; https://www.twilio.com/docs/api/errors. */
export const wrongCredentials = 401;
const notFound = 404;

/** An answer of Twilio's that is not the one that was asked for. */
export interface Refusal {
  readonly status: number;
  /** The number in Twilio's error dictionary, where it gave one. */
  readonly code: number | undefined;
}

/** The result, the state a refusal stands for, or a `RotationError` without a cause. */
export async function answered<R, S>(
  call: () => Promise<R>,
  stateOf: (refusal: Refusal) => S | undefined,
): Promise<R | S> {
  try {
    return await call();
  } catch (error) {
    const refusal = refusalIn(error);
    if (!refusal) throw unreachable();
    const state = stateOf(refusal);
    if (state === undefined) throw failure(refusal);
    return state;
  }
}

/** What a refusal means where something is asked for by its name. */
export function missingOrRejected({ status }: Refusal): 'missing' | 'rejected' | undefined {
  if (status === wrongCredentials) return 'rejected';
  return status === notFound ? 'missing' : undefined;
}

/** Only an answer of Twilio's carries a status; a broken connection or a timeout does not. */
function refusalIn(error: unknown): Refusal | undefined {
  if (!(error instanceof Error && 'status' in error && typeof error.status === 'number')) {
    return undefined;
  }
  const code = 'code' in error && typeof error.code === 'number' ? error.code : undefined;
  return { status: error.status, code };
}

function failure({ status, code }: Refusal): RotationError {
  const answer = `Twilio answered with HTTP ${status}${code === undefined ? '' : ` and its error ${code}`}`;
  if (status === 429) {
    return new RotationError(
      'THROTTLED',
      `${answer}: too many requests. It is tried again by itself.`,
    );
  }
  if (status >= 500) {
    return new RotationError('UNREACHABLE', `${answer}. It is tried again by itself.`);
  }
  return new RotationError(
    'PROVIDER_REFUSED',
    `${answer}. Look the error up in Twilio's error dictionary, and at the state of the account.`,
  );
}

const unreachable = () =>
  new RotationError(
    'UNREACHABLE',
    'Twilio gave no answer. It is tried again by itself; if it keeps failing, see whether the function ' +
      'has a way out to the internet (in a VPC: a NAT gateway).',
  );
