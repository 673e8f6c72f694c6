import type { SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager';
import { within } from '../../app/within.ts';

/** Who asks AWS, and where. */
export interface Caller {
  readonly region: string;
  readonly credentials: NonNullable<SecretsManagerClientConfig['credentials']>;
}

/** A part of AWS that does not answer is itself what is looked for: not for long, and not often. In ms. */
const requestHandler = {
  connectionTimeout: 3_000,
  requestTimeout: 8_000,
  throwOnRequestTimeout: true,
};

const silence = () => undefined;

/** The SDK's own warnings are said by the checks instead. */
const logger = { debug: silence, error: silence, info: silence, trace: silence, warn: silence };

export const patient = { maxAttempts: 2, requestHandler, logger };

interface Client {
  destroy(): void;
}

/** Uses a client of the caller's for one question, which gets half a minute. */
export async function asking<C extends Client, T>(
  open: (config: Caller & typeof patient) => C,
  caller: Caller,
  ask: (client: C, abort: { readonly abortSignal: AbortSignal }) => Promise<T>,
): Promise<T> {
  const client = open({ ...caller, ...patient });
  try {
    return await within(30_000, (abortSignal) => ask(client, { abortSignal }));
  } finally {
    client.destroy();
  }
}
