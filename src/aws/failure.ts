import { type DeniedBy, deniedBy } from './denied-by.ts';
import { outOfTime, RotationError, type ErrorCode } from '../rotation/errors.ts';

interface Failure {
  /** What was attempted, for the message: "Reading the secret". */
  readonly doing: string;
  readonly signal: AbortSignal;
  /** Meanings of this service's own error names. */
  readonly known?: Readonly<Record<string, readonly [code: ErrorCode, advice: string]>>;
}

const throttled = /^(Throttl|TooManyRequests|RequestLimitExceeded|LimitExceeded)/;
const denied = /^(AccessDenied|UnauthorizedOperation|AuthFailure|.*AuthorizationNotFound)/;

/**
 * An error of an AWS client as ours. Told by its name, since Secrets Manager refuses access with
 * HTTP 400. The service's message is left out: it may quote what it was sent.
 */
export function failure(error: unknown, { doing, signal, known = {} }: Failure): RotationError {
  if (error instanceof RotationError) return error;
  if (signal.aborted) return outOfTime();
  const name = error instanceof Error ? error.name : 'unknown';

  const meaning = known[name];
  if (meaning) return new RotationError(meaning[0], `${doing} failed (${name}). ${meaning[1]}`);
  if (denied.test(name)) {
    return new RotationError('ACCESS_DENIED', `${doing} was refused (${name}). ${grant(error)}`);
  }
  if (/^(De|En)cryptionFailure/.test(name)) {
    return new RotationError(
      'KMS_KEY_UNUSABLE',
      `${doing} failed (${name}). Its KMS key is disabled, being deleted, or gone. ` +
        'Enable it, or cancel its deletion; it is tried again by itself.',
    );
  }
  if (throttled.test(name)) {
    return new RotationError('THROTTLED', `${doing} was throttled. It is tried again by itself.`);
  }
  if (wasRefused(error)) {
    return new RotationError(
      'UNEXPECTED',
      `${doing} was refused by the service (${name}). It is tried again by itself; if it keeps failing, ` +
        'look that name up in the documentation of the service.',
    );
  }
  return new RotationError(
    'UNREACHABLE',
    `${doing} failed (${name}). It is tried again by itself; if it keeps failing, look at the route ` +
      'from the function to the service (in a VPC: an interface endpoint or a NAT gateway).',
  );
}

/** By which policy it was refused; the words of the service stay behind. */
function grant(error: unknown): string {
  const { by, explicit } = deniedBy(error instanceof Error ? error.message : '');
  const place = places[by];
  if (explicit) return `A statement in ${place} forbids it: take the function's role out of that.`;
  if (own.has(by)) return "Grant the function's role that action on this resource.";
  const [what, deploy] =
    by === 'kms' ? ['kms:Decrypt', ', and the stack deployed with KmsKeyArn'] : ['It', ''];
  return `${what} must be allowed to the function's role in ${place}${deploy}.`;
}

const own: ReadonlySet<DeniedBy> = new Set(['identity', 'session', 'unknown']);

const places: Readonly<Record<DeniedBy, string>> = {
  kms: "the KMS key's policy",
  endpoint: "the VPC endpoint's policy",
  boundary: 'its permissions boundary',
  organization: 'an organization policy (SCP, RCP)',
  session: 'its session policy',
  resource: "the resource's own policy",
  identity: "a policy of the function's role",
  unknown: 'a policy',
};

/** Whether the service itself answered, and laid the fault to us. */
function wasRefused(error: unknown): boolean {
  if (!(error instanceof Error && '$metadata' in error)) return false;
  const { $metadata: answer } = error;
  if (!(answer instanceof Object && 'httpStatusCode' in answer)) return false;
  return Number(answer.httpStatusCode) >= 400 && Number(answer.httpStatusCode) < 500;
}
