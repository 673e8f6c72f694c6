import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createAwsEndpoint } from '../../src/local/aws-endpoint.ts';
import { realClock } from '../../src/local/clock.ts';
import { serveHttp } from '../../src/local/http-server.ts';
import {
  type Call,
  createSecretsManager,
} from '../../src/local/secrets-manager/secrets-manager.ts';
import { textsIn } from '../../src/rotation/redaction.ts';

/** Answers in place of the stand-in, or after it did what it was asked; `undefined` leaves it be. */
export interface Interference {
  before?: (operation: string, body: string) => Response | undefined;
  after?: (operation: string) => Response | undefined;
  /** Nothing is answered before this. */
  until?: Promise<unknown>;
}

/** The stand-in of Secrets Manager over HTTP, for commands in processes of their own. */
export async function localSecrets() {
  const manager = createSecretsManager({ clock: realClock, functions: new Map() });
  const answer = createAwsEndpoint([manager.service]);
  const interference: Interference = {};
  const calls: Call[] = [];
  const sent: string[] = [];
  let held = 0;
  manager.onCall((call) => calls.push(call));
  const server = await serveHttp(async (request) => {
    const operation = request.headers.get('x-amz-target')?.split('.')[1] ?? '';
    const body = await request.clone().text();
    sent.push(...valuesIn(body));
    if (interference.until) {
      held += 1;
      await interference.until;
    }
    const early = interference.before?.(operation, body);
    if (early) return early;
    const answered = await answer(request);
    return interference.after?.(operation) ?? answered;
  });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const clientConfig = { endpoint: server.url, region: 'us-east-1', credentials };
  const client = new SecretsManagerClient(clientConfig);
  return {
    manager,
    client,
    clientConfig,
    place: { host: '127.0.0.1', port: server.port },
    /** To be set by a test, and cleared by `calm`. */
    interference,
    calm: () => {
      delete interference.before;
      delete interference.after;
      delete interference.until;
      calls.length = 0;
    },
    valueOf: (name: string) => manager.inspect(name)?.secretString,
    arnOf: async (name: string) =>
      (await client.send(new DescribeSecretCommand({ SecretId: name }))).ARN,
    isThere: (name: string) => {
      try {
        return manager.inspect(name) !== undefined;
      } catch {
        return false;
      }
    },
    calls,
    /** How many requests had to wait, or still do. */
    held: () => held,
    /** Every value that was ever sent here, the generated ones among them. */
    sent,
    made: () => calls.filter(({ operation, error }) => operation === 'CreateSecret' && !error),
    async close() {
      client.destroy();
      manager.close();
      await server.close();
    },
  };
}

function valuesIn(body: string): readonly string[] {
  const request: unknown = JSON.parse(body);
  if (!(request instanceof Object && 'SecretString' in request)) return [];
  const text = String(request.SecretString);
  return [text, ...textsIn(JSON.parse(text))];
}

export type LocalSecrets = Awaited<ReturnType<typeof localSecrets>>;

/** An error as the service sends it. */
export const refusing = (name: string, message = '', status = 400) =>
  Response.json(
    { __type: name, message, Message: message },
    { status, headers: { 'x-amzn-errortype': name } },
  );

/** Values that a rotator takes, and that stand in no message by chance. */
export const sample = {
  DB_PASSWORD: 'Zq7-horse-staple_9vR',
  TWILIO_ACCOUNT_SID: `AC${'5e'.repeat(16)}`,
  TWILIO_AUTH_TOKEN: '9d'.repeat(16),
} as const;

export const samples: readonly string[] = Object.values(sample);
