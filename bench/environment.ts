import { devNull } from 'node:os';
import * as v from 'valibot';
import { localCredentials, templateOf, variablesOf } from '../src/local/stack/deployment.ts';
import { development } from '../src/local/stack/environments.ts';

/** How long a superseded Twilio token lives on. Each rotation waits for its end. */
export const graceMs = 1_000;
export const grace = `${graceMs / 1_000}s`;

const functionGlobals = v.object({
  Environment: v.object({ Variables: v.object({ NODE_OPTIONS: v.string() }) }),
});

/** All that a deployed function finds in its environment, with these ends in place of AWS's. */
export function functionEnvironment(urls: {
  readonly awsUrl: string;
  readonly twilioUrl: string;
}): Readonly<Record<string, string>> {
  const template = templateOf(development, grace);
  const { Variables: forNode } = v.parse(functionGlobals, template.functionGlobals).Environment;
  const variables = variablesOf({ environment: development, template, ...urls });
  return {
    ...v.parse(v.record(v.string(), v.string()), variables),
    ...forNode,
    AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
    // Lambda has no profiles; those of this machine are none of the function's business.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
  };
}
