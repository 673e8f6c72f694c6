import { readFile } from 'node:fs/promises';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import * as v from 'valibot';
import { setVariables, type Variables } from '../../handlers/environment.ts';
import { localRegion } from '../aws-service.ts';
import { credentialsOf } from '../iam/guard.ts';
import { development } from '../stack/environments.ts';
import type { DeployedFunction } from './sample-event.ts';

const root = join(import.meta.dirname, '../../..');

/** What Lambda itself sets. The profiles of whoever runs this are none of the function's business. */
const ofLambda = {
  AWS_REGION: localRegion,
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
};

/** The format of `--env-vars` of the SAM CLI. */
const environments = v.record(v.string(), v.record(v.string(), v.string()));

/**
 * The whole environment of a function: what Lambda sets, then `events/env.json`, then what a
 * running `npm run local` wrote to `.local/env`, then the caller's own, and the credentials of its
 * role. Only what a function may read is taken from the two before, and what is empty counts as
 * unset.
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
  const variables = { ...base, ...overlay(await localEnvironment()), ...overlay(own) };
  return { ...variables, ...credentialsFor(logicalId) };
}

/** Those of the function's role, as on Lambda, whoever calls. */
function credentialsFor(logicalId: DeployedFunction['logicalId']): Variables {
  const role = logicalId.replace('Function', 'Role');
  const { accessKeyId, secretAccessKey } = credentialsOf(`${development.stackName}-${role}`);
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
}

/** `export NAME=value` lines; none where no local stack was started from this folder. */
async function localEnvironment(): Promise<Variables> {
  const text = await readFile(join(root, '.local/env'), 'utf8').catch(() => '');
  return parseEnv(text);
}
