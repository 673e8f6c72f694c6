import type { Secrets } from '../../src/app/secrets.ts';
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import {
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { onTestFinished } from 'vitest';
import type { Log } from '../../src/app/events.ts';
import { secretsIn } from '../../src/app/create-secrets.ts';
import { texts } from '../../src/app/schema.ts';
import type { SecretsOptions, WithSchema } from '../../src/app/secrets.ts';
import { createAwsEndpoint } from '../../src/local/aws-endpoint.ts';
import { serveHttp } from '../../src/local/http-server.ts';
import { createSecretsManager } from '../../src/local/secrets-manager/secrets-manager.ts';
import { refusing } from '../cli/local-secrets.ts';
import { clockOn, PatientClock, rested } from './driven.ts';

export const secretId = 'reminder-app/test';

/** Values that stand in no message by chance. */
export const sample = {
  SECRET_KEY: 'k1-signs_Sessions.7Qz',
  DB_PASSWORD: 'p1-horse+Staple/9vR=',
  TWILIO_ACCOUNT_SID: `AC${'5e'.repeat(16)}`,
  TWILIO_AUTH_TOKEN: '9d'.repeat(16),
};

type Label =
  | 'AWSCURRENT'
  | 'AWSPENDING'
  | 'AWSPREVIOUS'
  | 'KEYTURN_RETIRED'
  | `KEYTURN_COMPROMISED${'' | '2'}_${string}`;

interface World {
  readonly document?: object | string;
  /** From 0 to below 1. */
  readonly random?: () => number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Secrets Manager over HTTP with one secret, a clock that is driven, and applications that read it. */
export async function world({ document = sample, random, env = {} }: World = {}) {
  const endpoint = await secretsManager(document);
  const { driven, manager, admin } = endpoint;
  const clock = clockOn(driven, random);

  async function put(value: object | string, ...labels: Label[]): Promise<string> {
    const ClientRequestToken = randomUUID();
    const SecretString = typeof value === 'string' ? value : JSON.stringify(value);
    const input = { SecretId: secretId, ClientRequestToken, SecretString, VersionStages: labels };
    await admin.send(new PutSecretValueCommand(input));
    return ClientRequestToken;
  }

  async function move(label: Label, to?: string): Promise<void> {
    const from = manager.inspect(secretId, label)?.versionId;
    const input = { SecretId: secretId, VersionStage: label, RemoveFromVersionId: from };
    await admin.send(new UpdateSecretVersionStageCommand({ ...input, MoveToVersionId: to }));
  }

  return {
    ...endpoint,
    clock,
    env,
    /** A new version under these labels. Answers its id. */
    put,
    /** Moves a label to a version, or takes it off. */
    move,
    versionOf: (label: Label) => manager.inspect(secretId, label)?.versionId,
    /** Secrets of the application that checks for a DB_PASSWORD, and says nothing. */
    secrets: (options: SecretsOptions<object> = {}) =>
      open({ ...options, schema: texts('DB_PASSWORD') }),
    secretsWith: open,
  };

  function open<Values extends object>(options: WithSchema<Values>) {
    const { client } = endpoint;
    const made = secretsIn({ clock, env }, { secretId, client, log: false, ...options });
    onTestFinished(() => made.close());
    return made;
  }
}

/** What the endpoint does with a read, by name. */
const troubles = {
  'answers 503': () => new Response('busy', { status: 503 }),
  'answers 500': () => refusing('InternalServiceError', 'at fault', 500),
  throttles: () => refusing('ThrottlingException', 'slow down'),
  hangs: () => new Promise<Response>(() => undefined),
  'denies access': () => refusing('AccessDeniedException', 'not authorized'),
  'has no such secret': () => refusing('ResourceNotFoundException', "can't find the secret"),
  'cannot decrypt': () => refusing('DecryptionFailure', 'KMS could not decrypt'),
  'has it scheduled for deletion': () => refusing('InvalidRequestException', 'marked for deletion'),
  'does not know the credentials': () => refusing('UnrecognizedClientException', 'token invalid'),
} as const;

export type Trouble = keyof typeof troubles;

async function secretsManager(document: object | string) {
  const client: SecretsManagerClient[] = [];
  const flights = { count: 0 };
  const driven = new PatientClock(async () => {
    do await rested();
    while (flights.count > 0);
  });
  const manager = createSecretsManager({ clock: driven, functions: new Map() });
  const answer = createAwsEndpoint([manager.service]);
  const reads: { readonly label: string; readonly at: number }[] = [];
  const state: { trouble: Trouble | undefined } = { trouble: undefined };

  const server = await serveHttp(async (request) => {
    if (request.headers.get('x-amz-target') !== 'secretsmanager.GetSecretValue')
      return answer(request);
    reads.push({ label: labelIn(await request.clone().text()), at: driven.now().getTime() });
    return state.trouble ? troubles[state.trouble]() : answer(request);
  });
  const clientConfig = {
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const open = () => {
    const opened = new SecretsManagerClient({
      ...clientConfig,
      // A read is one request, so that requests can be counted.
      maxAttempts: 1,
    });
    client.push(opened);
    return opened;
  };
  const admin = open();
  const reader = open();
  reader.middlewareStack.add(
    (next) => async (call) => {
      flights.count += 1;
      const answered = next(call);
      const waited = state.trouble === 'hangs' ? orTimeout(answered) : answered;
      return waited.finally(() => (flights.count -= 1));
    },
    { step: 'initialize' },
  );
  const secretString = typeof document === 'string' ? document : JSON.stringify(document);
  const { versionId } = manager.createSecret({ name: secretId, secretString });
  onTestFinished(async () => {
    for (const one of client) one.destroy();
    manager.close();
    await server.close();
  });

  return {
    manager,
    driven,
    clientConfig,
    admin,
    /** What applications read by. */
    client: reader,
    /** The first version's id. */
    first: versionId,
    /** Every GetSecretValue, by label. */
    reads,
    readsOf: (label: Label = 'AWSCURRENT') => reads.filter((read) => read.label === label).length,
    /** From now on reads fail so, or work again. */
    trouble: (trouble?: Trouble) => void (state.trouble = trouble),
  };
}

/** What a limit of the client does, where nobody would wait for its seconds. */
function orTimeout<T>(answered: Promise<T>): Promise<T> {
  const tooLate = Object.assign(new Error('no answer'), { name: 'TimeoutError' });
  const limit = setTimeout(50).then(() => Promise.reject(tooLate));
  return Promise.race([answered, limit]);
}

function labelIn(body: string): string {
  const asked: unknown = JSON.parse(body);
  return String(asked instanceof Object ? Reflect.get(asked, 'VersionStage') : '');
}

export type TestWorld = Awaited<ReturnType<typeof world>>;

/** A log that keeps its lines. */
export function lines(): Log & { readonly said: string[] } {
  const said: string[] = [];
  const at = (level: string) => (message: string) => void said.push(`${level}: ${message}`);
  return { said, info: at('info'), warn: at('warn'), error: at('error') };
}

export const minute = 60_000;
export const ttl = 5 * minute;

/** The value of a key that the types know nothing of, as JavaScript may ask for it. */
export const valueAt = (secrets: Secrets<Readonly<Record<string, unknown>>>, key: string) =>
  secrets.get(key);
