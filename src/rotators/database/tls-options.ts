import { getCACertificates } from 'node:tls';
import type { LogInRequest } from './server.ts';

/**
 * What Node's TLS is given to verify a server: an authority of one's own is added to those that
 * Node trusts, which a bare `ca` would replace.
 */
export const tlsOptions = ({ ca }: Pick<LogInRequest, 'ca'>) =>
  ca === undefined ? {} : { ca: [...getCACertificates('default'), ca] };
