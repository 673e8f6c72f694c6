import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** The least that any rotation function loads and makes. */
export const client = new SecretsManagerClient({});
