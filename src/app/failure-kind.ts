import { type Cause, SecretsError, type SecretsErrorCode } from './secrets-error.ts';

/**
 * `transient`: it may pass by itself. `definitive`: AWS refused, and a person has to do something;
 * access may have been taken away on purpose. `invalid`: the value arrived, and cannot be used.
 */
export type FailureKind = 'transient' | 'definitive' | 'invalid';

/** Of an error that a fetch threw. */
export function kindOf({ code }: SecretsError): FailureKind {
  if (code === 'SECRET_INVALID') return 'invalid';
  return code === 'SECRET_REFUSED' || code === 'REGION_MISSING' ? 'definitive' : 'transient';
}

/** An error of the SDK's as one of ours: its name and its status, none of its text. */
export function fetchError(error: unknown, secretId: string): SecretsError {
  if (error instanceof SecretsError) return error;
  if (isWithoutRegion(error)) return noRegion(secretId);
  const cause = causeOf(error);
  const [code, advice] = meaningOf(cause);
  return new SecretsError(
    code,
    `The secret ${secretId} could not be read (${cause.name}). ${advice}`,
    cause,
  );
}

/** The SDK has no name for it: https://github.com/smithy-lang/smithy-typescript, config-resolver. */
const isWithoutRegion = (error: unknown) =>
  error instanceof Error && error.message === 'Region is missing';

const noRegion = (secretId: string) =>
  new SecretsError(
    'REGION_MISSING',
    `The secret ${secretId} could not be read, since it is not said in which region it is. Set AWS_REGION, or ` +
      'give the option region.',
  );

type Meaning = readonly [code: SecretsErrorCode, advice: string];

/** By name, since Secrets Manager answers 400 to nearly everything. */
const meanings: readonly (readonly [name: RegExp, Meaning])[] = [
  [
    /^AccessDenied/,
    [
      'SECRET_REFUSED',
      "This application's role may not read it: attach the stack's ApplicationPolicy to the role, and " +
        'look whether the secret has a customer managed key that the role may not decrypt with.',
    ],
  ],
  [
    /^ResourceNotFound/,
    [
      'SECRET_REFUSED',
      'There is no such secret in this account and region, or it has no value yet. Look at the name, ' +
        'and at AWS_REGION.',
    ],
  ],
  [
    /^InvalidRequest/,
    ['SECRET_REFUSED', 'It is scheduled for deletion. Restore it, or name another secret.'],
  ],
  [
    /^(DecryptionFailure|KMS)/,
    ['SECRET_REFUSED', 'Its key cannot decrypt it: look whether the key of KMS is enabled.'],
  ],
  [
    /^(CredentialsProvider|TokenProvider)/,
    [
      'SECRET_UNREACHABLE',
      'No credentials of AWS were found. Give the process a role, or name a profile in AWS_PROFILE.',
    ],
  ],
  [
    /^(UnrecognizedClient|InvalidClientTokenId|InvalidSignature|IncompleteSignature|SignatureDoesNotMatch|MissingAuthentication)/,
    ['SECRET_REFUSED', 'AWS does not know these credentials. Look at where they come from.'],
  ],
  [
    /^(ValidationException|InvalidParameter)/,
    ['SECRET_REFUSED', 'That is no name or ARN of a secret. Look at how it is written.'],
  ],
];

const unreachable: Meaning = [
  'SECRET_UNREACHABLE',
  'If that goes on, look at the network between the application and Secrets Manager, at AWS_REGION, ' +
    'and at AWS_ENDPOINT_URL if that is set.',
];

const meaningOf = ({ name }: Cause): Meaning =>
  meanings.find(([pattern]) => pattern.test(name))?.[1] ?? unreachable;

function causeOf(error: unknown): Cause {
  if (!(error instanceof Error)) return { name: 'unknown' };
  const { $metadata: answer, code } = error as Error & { $metadata?: unknown; code?: unknown };
  const { httpStatusCode, requestId } = answer instanceof Object ? fieldsOf(answer) : {};
  return {
    name: nameOf(error.name, code),
    ...(typeof httpStatusCode === 'number' && { httpStatus: httpStatusCode }),
    ...(typeof requestId === 'string' && /^[\w-]{1,64}$/.test(requestId) && { requestId }),
  };
}

const fieldsOf = (answer: object): { httpStatusCode?: unknown; requestId?: unknown } => answer;

/** A network error is called Error, and its code says more. A client may call its errors anything. */
function nameOf(name: string, code: unknown): string {
  if (typeof code === 'string' && /^[A-Z][A-Z_]{1,40}$/.test(code)) return code;
  return /^[A-Z][A-Za-z]{1,60}$/.test(name) ? name : 'unknown';
}
