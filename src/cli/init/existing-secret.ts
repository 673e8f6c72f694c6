import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SecretDocument } from '../../rotation/secret-document.ts';
import { describeIfThere, type DescribedSecret } from '../described-secret.ts';
import { Failure } from '../failure.ts';
import { assertNotDeleted } from '../find-secret.ts';
import { unwrittenFiles } from './unwritten-files.ts';

/** The secret of a name, also as AWS words it; `undefined` where the name is free. Throws a Failure. */
export async function findByName(client: SecretsManagerClient, name: string, signal?: AbortSignal) {
  const found = await describeIfThere(client, name, signal);
  if (!found) return undefined;
  return { ...found, ARN: found.arn, VersionIdsToStages: Object.fromEntries(found.labelsOf) };
}

/** Why a secret is left as it is, which of the wanted keys it lacks, and what to do about it. */
export async function whyNotMade(
  client: SecretsManagerClient,
  found: DescribedSecret,
  wanted: readonly string[],
): Promise<Failure> {
  assertNotDeleted(found);
  const { name } = found;
  const holds = await keysOf(client, name);
  return new Failure(
    'SECRET_EXISTS',
    `The secret ${name} exists already and is left as it is: init never overwrites one. ` +
      `${typeof holds === 'string' ? holds : adviceFor(name, lacking(holds, wanted))} ${unwrittenFiles(name)}`,
  );
}

const lacking = (holds: readonly string[], wanted: readonly string[]) =>
  wanted.filter((key) => !holds.includes(key));

/** The names of its keys, or a sentence that says why there are none to tell. */
async function keysOf(
  client: SecretsManagerClient,
  name: string,
): Promise<readonly string[] | string> {
  try {
    const { SecretString: text } = await client.send(new GetSecretValueCommand({ SecretId: name }));
    return SecretDocument.parse(text ?? '').keys;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return notRead(name, error.name);
  }
}

/** No message is quoted here, neither the service's nor that of a parser. */
function notRead(name: string, kind: string): string {
  if (kind === 'ResourceNotFoundException') return `It has no value yet. ${writeIt(name)}`;
  const code = /^RotationError\[(\w+)\]$/.exec(kind)?.[1];
  if (code) return `Its value is not one JSON object of keys (${code}). ${writeIt(name)}`;
  return (
    `Which keys it holds could not be read (${kind}). Look at them yourself, and go on to the ` +
    'deployment where none is missing (docs/deploying.md).'
  );
}

const adviceFor = (name: string, missing: readonly string[]) =>
  missing.length === 0
    ? 'It has every key that is wanted: go on to the deployment (docs/deploying.md).'
    : `It lacks ${missing.join(', ')}. ${writeIt(name)}`;

const writeIt = (name: string) =>
  'Write its whole value, with the keys it has and those it lacks, where no history keeps it: ' +
  `aws secretsmanager put-secret-value --secret-id ${name} --secret-string file:///dev/stdin, then ` +
  'paste the JSON object and press Ctrl-D.';
