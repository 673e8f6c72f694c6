import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';
import { development } from '../../src/local/stack/environments.ts';
import { run } from '../local/running.ts';

/** `npm run local`, and what an AWS client sees of reminder-app/development in it. */
export interface RunningStack extends AsyncDisposable {
  /** What it wrote to `.local/env`. */
  readonly variables: Readonly<Record<string, string>>;
  readonly database: { readonly host: string; readonly port: number };
  /** The current values. */
  published(): Promise<Readonly<Record<string, unknown>>>;
  /** Version ids by label. */
  labels(): Promise<Readonly<Record<string, string>>>;
}

const document = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown()));
const SecretId = development.secretName;

/** Started on free ports of this address. */
export async function startRunningStack(host: string): Promise<RunningStack> {
  const server = await run('src/local/serve.ts', ['--port', '0', '--host', host]);
  await server.shows('What the functions log');
  const variables = v.parse(
    v.record(v.string(), v.string()),
    parseEnv(await readFile('.local/env', 'utf8')),
  );
  const client = new SecretsManagerClient({
    endpoint: variables['AWS_ENDPOINT_URL'] ?? '',
    region: variables['AWS_REGION'] ?? '',
    credentials: {
      accessKeyId: variables['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: variables['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  });

  return {
    variables,
    database: { host: variables['PGHOST'] ?? '', port: Number(variables['PGPORT']) },
    async published() {
      const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId }));
      return v.parse(document, SecretString);
    },
    async labels() {
      const { VersionIdsToStages = {} } = await client.send(
        new DescribeSecretCommand({ SecretId }),
      );
      return Object.fromEntries(
        Object.entries(VersionIdsToStages).flatMap(([id, labels]) =>
          labels.map((label) => [label, id]),
        ),
      );
    },
    async [Symbol.asyncDispose]() {
      server.process.kill('SIGINT');
      await server.exited();
    },
  };
}
