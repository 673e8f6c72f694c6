import { randomUUID } from 'node:crypto';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { onTestFinished } from 'vitest';
import { createSecrets, type Secrets, texts } from '../../src/app/index.ts';
import type { LocalSecrets } from '../cli/local-secrets.ts';

/** A secret of one password over HTTP, and an application that has read it. */
export interface PasswordSecret {
  readonly secrets: Secrets<object>;
  /** A new version under AWSPENDING, as a rotation makes it before it switches. */
  readonly makePending: (password: string) => Promise<void>;
  /** AWSCURRENT moves to that version, as it does when a rotation ends. */
  readonly commit: () => Promise<void>;
}

export const first = 'p1-horse+Staple/9vR=';
export const second = 'p2-battery&Lamp/4kW=';

/** The secret has the first password; ends with the test. */
export async function passwordSecret({ client, manager }: LocalSecrets): Promise<PasswordSecret> {
  const SecretId = `app/${randomUUID()}`;
  const pendingId = randomUUID();
  const SecretString = JSON.stringify({ DB_PASSWORD: first });
  await client.send(new CreateSecretCommand({ Name: SecretId, SecretString }));
  const schema = texts('DB_PASSWORD');
  const secrets = createSecrets({ secretId: SecretId, client, schema, log: false });
  onTestFinished(() => secrets.close());
  await secrets.ready();

  return {
    secrets,
    async makePending(password) {
      const input = { SecretId, ClientRequestToken: pendingId, VersionStages: ['AWSPENDING'] };
      const text = JSON.stringify({ DB_PASSWORD: password });
      await client.send(new PutSecretValueCommand({ ...input, SecretString: text }));
    },
    async commit() {
      const from = manager.inspect(SecretId)?.versionId;
      const input = { SecretId, VersionStage: 'AWSCURRENT', RemoveFromVersionId: from };
      await client.send(
        new UpdateSecretVersionStageCommand({ ...input, MoveToVersionId: pendingId }),
      );
    },
  };
}
