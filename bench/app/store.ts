import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createAwsEndpoint } from '../../src/local/aws-endpoint.ts';
import { localRegion } from '../../src/local/aws-service.ts';
import { realClock } from '../../src/local/clock.ts';
import { serveHttp } from '../../src/local/http-server.ts';
import { createSecretsManager } from '../../src/local/secrets-manager/secrets-manager.ts';
import { localCredentials } from '../../src/local/stack/deployment.ts';

/** The local Secrets Manager over HTTP, with one secret in it. */
export interface Store extends AsyncDisposable {
  readonly url: string;
  /** How many reads of the secret arrived so far, answered or not. */
  calls(): number;
  /** Whether reads of the secret are answered 503 from now on. */
  setOutage(isOut: boolean): void;
  /** Another version, which is AWSCURRENT then; that from before is AWSPREVIOUS. Also in an outage. */
  put(password: string): Promise<void>;
}

export const secretId = 'reminder-app/production';

/** Neither is a password of anything. */
export const passwords = {
  first: 'this-is-the-first-of-the-passwords',
  second: 'this-is-the-other-of-the-passwords',
} as const;

/** On a port of its own. */
export async function startStore(): Promise<Store> {
  const manager = createSecretsManager({ clock: realClock, functions: new Map() });
  manager.createSecret({ name: secretId, secretString: documentWith(passwords.first) });
  const endpoint = createAwsEndpoint([manager.service]);
  const seen = { calls: 0, isOut: false };
  const server = await serveHttp((request) => {
    if (!isRead(request)) return endpoint(request);
    seen.calls += 1;
    return seen.isOut ? unavailable() : endpoint(request);
  });

  return {
    url: server.url,
    calls: () => seen.calls,
    setOutage: (isOut) => void (seen.isOut = isOut),
    put: (password) => put(server.url, documentWith(password)),
    async [Symbol.asyncDispose]() {
      manager.close();
      await server.close();
    },
  };
}

const isRead = ({ headers }: Request) =>
  headers.get('x-amz-target') === 'secretsmanager.GetSecretValue';

const unavailable = () => Response.json({ __type: 'ServiceUnavailableException' }, { status: 503 });

async function put(endpoint: string, SecretString: string): Promise<void> {
  const credentials = localCredentials;
  const client = new SecretsManagerClient({ endpoint, region: localRegion, credentials });
  await client.send(new PutSecretValueCommand({ SecretId: secretId, SecretString }));
  client.destroy();
}

/** The secret of the Reminder App. */
const documentWith = (password: string) =>
  JSON.stringify({
    SECRET_KEY: 'made-up-'.repeat(6),
    DB_PASSWORD: password,
    TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
    TWILIO_AUTH_TOKEN: 'made-up-'.repeat(4),
  });
