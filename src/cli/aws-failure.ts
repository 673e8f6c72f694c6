import { Failure } from './failure.ts';

interface Attempt {
  /** What was attempted, for the message: "Describing the secret shop/production". */
  readonly doing: string;
  /** False where the service was sent a value, since what it says may quote that. */
  readonly quoting?: boolean;
  /** Meanings of this call's own error names. */
  readonly known?: Readonly<Record<string, Meaning>>;
}

export type Meaning = readonly [code: string, advice: string];

/** An error of an AWS client as a sentence: what failed, what the service said, what to do next. */
export function awsFailure(
  error: unknown,
  { doing, quoting = true, known = {} }: Attempt,
): Failure {
  if (error instanceof Failure) return error;
  if (!(error instanceof Error)) return new Failure('UNEXPECTED', `${doing} failed.`);
  const own = Object.hasOwn(known, error.name) ? known[error.name] : undefined;
  const [code, advice] = own ?? meaningOf(error);
  const said = quoting && mayBeQuoted(error) ? `: ${error.message.replace(/\.$/, '')}` : '';
  return new Failure(code, `${doing} failed (${nameOf(error)})${said}. ${advice}`);
}

function meaningOf(error: Error): Meaning {
  if (/^Region (is missing|not accepted)/.test(error.message)) return noRegion;
  const byName = meanings.find(([pattern]) => pattern.test(error.name));
  if (byName) return byName[1];
  const status = statusOf(error);
  // Below 400 it is something between here and AWS that answers.
  if (status === undefined || status < 400) return unreachable;
  return status >= 500
    ? outOfOrder
    : [error.name, 'Look that name up in the documentation of AWS.'];
}

const credentials =
  /^(CredentialsProviderError|TokenProviderError|UnrecognizedClient|InvalidClientTokenId|InvalidAccessKeyId|MissingAuthenticationToken|InvalidSignature|IncompleteSignature|SignatureDoesNotMatch|ExpiredToken|RequestExpired)/;

/**
 * What a service says of a signature quotes the headers that were signed, a session token among
 * them, and a provider of credentials may quote what it read.
 */
const mayBeQuoted = (error: Error) => error.message !== '' && !credentials.test(error.name);

const meanings: readonly (readonly [name: RegExp, Meaning])[] = [
  [
    /^AccessDenied/,
    [
      'ACCESS_DENIED',
      'Use an identity that may do that, and look whether this is the account and the region you mean.',
    ],
  ],
  [
    /^(CredentialsProviderError|TokenProviderError)/,
    [
      'NO_CREDENTIALS',
      'No credentials of AWS were found that can be used. Sign in (aws sso login, aws configure), or ' +
        'name a profile in AWS_PROFILE.',
    ],
  ],
  [
    credentials,
    [
      'CREDENTIALS_REFUSED',
      'AWS does not take these credentials: they have expired, are not for this partition, or the ' +
        "machine's clock is wrong. Sign in again.",
    ],
  ],
  [
    /^(Throttl|TooManyRequests|RequestLimitExceeded)/,
    ['THROTTLED', 'Too many requests at once. Run the same command again in a while.'],
  ],
];

const noRegion: Meaning = [
  'NO_REGION',
  'Say which region with AWS_REGION, or set one for the profile (aws configure).',
];

const unreachable: Meaning = [
  'UNREACHABLE',
  'No answer of AWS came. Look at the name of the region, at the network and its proxy, and at ' +
    'AWS_ENDPOINT_URL if that is set; then run the same command again.',
];

const outOfOrder: Meaning = [
  'UNREACHABLE',
  'The service is out of order. Run the same command again in a while.',
];

/** `Error` alone says little where the system has a code, such as ENOTFOUND. */
function nameOf(error: Error): string {
  const code: unknown = 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z_]+$/.test(code) ? code : error.name;
}

/** The HTTP status of the service's answer; `undefined` where none came. */
function statusOf(error: Error): number | undefined {
  if (!('$metadata' in error) || !(error.$metadata instanceof Object)) return undefined;
  const { $metadata: answer } = error;
  return 'httpStatusCode' in answer ? Number(answer.httpStatusCode) : undefined;
}
