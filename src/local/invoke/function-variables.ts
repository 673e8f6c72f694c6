import { readFile } from 'node:fs/promises';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import * as v from 'valibot';
import { setVariables, type Variables } from '../../handlers/environment.ts';
import { localRegion } from '../aws-service.ts';
import { localCredentials } from '../stack/deployment.ts';
import type { DeployedFunction } from './sample-event.ts';

const root = join(import.meta.dirname, '../../..');

/** What Lambda itself sets. The profiles of whoever runs this are none of the function's business. */
const ofLambda = {
  AWS_REGION: localRegion,
  AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
};

/** The format of `--env-vars` of the SAM CLI. */
const environments = v.record(v.string(), v.record(v.string(), v.string()));

/**
 * The whole environment of a function: what Lambda sets, then `events/env.json`, then what a
 * running `npm run local` wrote to `.local/env`, then the caller's own. Only what a function may
 * read is taken from the last two, and what is empty counts as unset.
 */
export async function functionVariables(
  logicalId: DeployedFunction['logicalId'],
  own: Variables,
): Promise<Variables> {
  const text = await readFile(join(root, 'events/env.json'), 'utf8');
  const declared = v.parse(environments, JSON.parse(text))[logicalId];
  const base = { ...ofLambda, ...declared };
  const overlay = (variables: Variables) =>
    Object.fromEntries(
      Object.entries(setVariables(variables)).filter(
        ([name]) => name in base || /^(KEYTURN|TWILIO)_/.test(name),
      ),
    );
  return { ...base, ...overlay(await localEnvironment()), ...overlay(own) };
}

/** `export NAME=value` lines; none where no local stack was started from this folder. */
async function localEnvironment(): Promise<Variables> {
  const text = await readFile(join(root, '.local/env'), 'utf8').catch(() => '');
  return parseEnv(text);
}
