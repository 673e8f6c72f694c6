import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { RotationError } from '../rotation/errors.ts';
import { SecretDocument } from '../rotation/secret-document.ts';
import type { ReadSecret } from '../rotators/database/admin.ts';
import { shownSecret } from '../rotators/database/secret-id.ts';
import { failure } from './failure.ts';

/** The current value of a secret that this stack does not rotate, such as an administrator's. */
export const readSecretBy =
  (client: SecretsManagerClient): ReadSecret =>
  async (secretId, signal) => {
    const doing = `Reading the secret ${shownSecret(secretId)} of the administrator`;
    try {
      const command = new GetSecretValueCommand({ SecretId: secretId });
      const { SecretString: text } = await client.send(command, { abortSignal: signal });
      return SecretDocument.parse(text ?? '');
    } catch (error) {
      if (error instanceof RotationError) throw notAnObject(secretId);
      throw failure(error, { doing, signal, known });
    }
  };

const known = {
  ResourceNotFoundException: [
    'ADMIN_SECRET_UNUSABLE',
    'There is no secret of that name or ARN here, or it has no value. Correct adminSecret in rotation.config.ts.',
  ],
} as const;

const notAnObject = (secretId: string) =>
  new RotationError(
    'ADMIN_SECRET_UNUSABLE',
    `The secret ${shownSecret(secretId)} of the administrator is not one JSON object of keys. Store it as one.`,
  );
