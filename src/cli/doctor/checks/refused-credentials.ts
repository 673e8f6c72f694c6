import { findingsOf, type Finding } from '../finding.ts';

const { fail } = findingsOf('credentials');

/** What AWS says of the credentials themselves, whatever was asked; `undefined` of anything else. */
export function refusedCredentials(error: unknown): Finding | undefined {
  const name = error instanceof Error ? error.name : '';
  if (/^(ExpiredToken|TokenRefreshRequired)/.test(name)) return expired();
  return refusing.test(name) ? refused(name) : undefined;
}

const refusing =
  /^(UnrecognizedClient|InvalidClientTokenId|InvalidAccessKeyId|AuthFailure|InvalidSignature|IncompleteSignature|SignatureDoesNotMatch|RequestExpired|NotAuthorized|MissingAuthenticationToken)/;

const expired = () =>
  fail('CREDENTIALS_EXPIRED', {
    message: 'AWS says that the session of these credentials has ended.',
    fix: 'Sign in again, or have whatever set AWS_SESSION_TOKEN set a new one.',
  });

/** The text may quote what was signed, a session token among it. */
const refused = (name: string) =>
  fail('CREDENTIALS_REFUSED', {
    message: `AWS does not take these credentials (${name}).`,
    fix:
      'The access key may be deleted or inactive, its secret half wrong, or the region not switched on ' +
      'for the account. Look at the key in IAM, and set both halves anew.',
  });
