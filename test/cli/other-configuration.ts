import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';
import { afterAll, beforeAll } from 'vitest';
import { openSecret } from '../../src/aws/secrets-manager-store.ts';
import { readUnasked } from '../../src/cli/init/configured.ts';
import { realClock } from '../../src/local/clock.ts';
import { inspect } from '../../src/rotation/inspect.ts';
import type { SecretConfiguration } from '../../src/rotators/configuration.ts';
import { functionArnOf, localLambda, type LocalLambda } from './local-lambda.ts';
import { runKeyturn } from './run-keyturn.ts';
import { useAgeIdentity } from './use-age-identity.ts';

const asked = v.object({ Operation: v.literal('inspect'), SecretId: v.string() });

/** A secret whose function was deployed with another configuration than the command has. */
export function useOtherConfiguration(configuration: SecretConfiguration, values: object) {
  const { identityFile, newFile, recipient } = useAgeIdentity();
  const functionArn = functionArnOf('of-another-project');
  const { secret: name } = configuration;
  let lambda: LocalLambda;

  /** What the function does for it, with its own configuration. */
  async function answer(event: unknown) {
    const { SecretId: secretId } = v.parse(asked, event);
    const { signal } = new AbortController();
    const client = new SecretsManagerClient(lambda.clientConfig);
    return inspect({
      step: 'inspect',
      secretId,
      secret: openSecret({ client, secretId, signal }),
      plan: readUnasked([configuration]).planFor(name),
      bookings: { book: async () => undefined },
      clock: realClock,
      journal: { record: () => undefined },
      log: { info: () => undefined, warn: () => undefined },
      signal,
      remainingMs: () => 60_000,
    }).finally(() => client.destroy());
  }

  beforeAll(async () => {
    lambda = await localLambda(new Map([[functionArn, answer]]));
    lambda.rotatedBy(functionArn, name);
    await overwrite(values);
  });
  afterAll(() => lambda.close());

  /** As somebody would in the console. */
  async function overwrite(given: object) {
    const client = new SecretsManagerClient(lambda.clientConfig);
    const SecretString = JSON.stringify(given);
    await client.send(new PutSecretValueCommand({ SecretId: name, SecretString }));
    client.destroy();
  }

  const keyturn = (...args: string[]) => runKeyturn(lambda, ...args);

  return {
    name,
    overwrite,
    read: (): unknown => JSON.parse(lambda.manager.inspect(name)?.secretString ?? ''),
    backup: async () => {
      const file = newFile();
      await keyturn('backup', name, '-o', file, '-r', recipient());
      return file;
    },
    restore: (file: string, ...more: string[]) =>
      keyturn('restore', file, '-i', identityFile(), '--yes', ...more),
  };
}
