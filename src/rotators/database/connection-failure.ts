import { RotationError } from '../../rotation/errors.ts';
import type { LogInRequest } from './server.ts';

/**
 * Why there was no verdict of the database's, by the code of the error that a driver, Node or
 * OpenSSL gave; in words that name the host and what to look at. The error itself is left out.
 */
export function connectionFailure(code: string, request: LogInRequest): RotationError {
  const place = `${request.host}:${request.port}`;
  const tls = request.tls === 'verify' ? tlsProblem(code, request.host) : undefined;
  if (tls) {
    return new RotationError(
      'TLS_FAILED',
      `The database at ${place} ${tls} Nothing was sent to it (${code}).`,
    );
  }
  return new RotationError(
    'UNREACHABLE',
    `The database at ${place} gave no verdict on a login${code && ` (${code})`}. ${lookAt(code, request)} ` +
      'It is tried again by itself.',
  );
}

/** Codes of Node's and OpenSSL's; https://nodejs.org/api/tls.html#x509-certificate-error-codes. */
function tlsProblem(code: string, host: string): string | undefined {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return (
      `has a certificate for other names than ${host}. Connect by a name that is in it, such as the ` +
      'endpoint that RDS shows, and not by an alias or an address.'
    );
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return (
      'has a certificate that is not valid now. Renew it (on RDS: rotate the certificate of the ' +
      'instance), or correct the clock.'
    );
  }
  if (code === noTls) {
    return (
      "does not speak TLS. Turn it on there, or set tls: 'off' in rotation.config.ts (in a command: " +
      '--tls off), which sends passwords in plain text: only for a database on the same machine.'
    );
  }
  if (!untrusted.has(code)) return undefined;
  return (
    'has a certificate of an authority that is not trusted here. For RDS set NODE_EXTRA_CA_CERTS to ' +
    '/var/runtime/ca-cert.pem, as the template does; for an authority of your own put its certificate ' +
    'into the option ca.'
  );
}

/** What a server is told by that has no TLS: the drivers have codes and sentences of their own. */
export const noTls = 'NO_TLS';

const untrusted: ReadonlySet<string> = new Set([
  'CERT_CHAIN_TOO_LONG',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

function lookAt(code: string, { host, tls }: LogInRequest): string {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The name ${host} does not resolve: look at its spelling, and at the DNS of the VPC.`;
    case 'ECONNREFUSED':
      return 'Nothing listens there: look at the port, and whether the database runs.';
    case '':
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return (
        'Look at the route from the function to it: the subnets, the security groups of both, and ' +
        'whether it has an endpoint in this VPC.'
      );
    case '28000':
      return 'Its pg_hba.conf does not let this user in from here, or not without TLS: look at its entries.';
    case 'error 1129':
    case 'error 1130':
      return 'It lets nobody in from here: look at the hosts of its accounts, or run FLUSH HOSTS there.';
    case '53300':
    case 'error 1040':
    case 'error 1203':
    case 'error 1226':
      return 'No more connections are allowed there: look at who holds them, or raise the limit.';
    default:
      return (
        'Look at the route and the security groups between the function and the database' +
        `${tls === 'verify' ? ', at the certificate authority it trusts (NODE_EXTRA_CA_CERTS)' : ''}, and ` +
        'at the load of the server.'
      );
  }
}
