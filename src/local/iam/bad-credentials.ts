import { scopeOf } from '../aws-endpoint.ts';
import { refusal } from './refusal.ts';

/**
 * Access keys that are not taken, by how their id begins: `EXPIRED…` is one whose session is over,
 * `INVALID…` one that AWS does not know. Every other one is somebody's.
 */
export function badCredentials(request: Request): Response | undefined {
  const { accessKeyId = '' } = scopeOf(request) ?? {};
  const known = kinds.find(({ prefix }) => accessKeyId.startsWith(prefix));
  return known && refusal(request, known);
}

const kinds = [
  {
    prefix: 'EXPIRED',
    type: 'ExpiredTokenException',
    queryCode: 'ExpiredToken',
    message: 'The security token included in the request is expired',
  },
  {
    prefix: 'INVALID',
    type: 'UnrecognizedClientException',
    queryCode: 'InvalidClientTokenId',
    message: 'The security token included in the request is invalid.',
  },
];
