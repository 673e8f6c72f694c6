import { vi } from 'vitest';
import type { Endpoint } from './run-keyturn.ts';

/** Leads commands in this process to the local stack, until `vi.unstubAllEnvs`. */
export function stubEnvironment({ clientConfig }: Pick<Endpoint, 'clientConfig'>): void {
  const { endpoint, region, credentials } = clientConfig;
  vi.stubEnv('AWS_ENDPOINT_URL', endpoint);
  vi.stubEnv('AWS_REGION', region);
  vi.stubEnv('AWS_ACCESS_KEY_ID', credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey);
}
