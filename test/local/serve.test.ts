import { createServer } from 'node:http';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { Client } from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import createSecretEvent from '../../events/create-secret.json' with { type: 'json' };
import testOnlyEvent from '../../events/test-only.json' with { type: 'json' };
import { ownAddress } from '../foreign/own-address.ts';
import { run, type Running } from './running.ts';

const secretId = 'reminder-app/production';
const running: Running[] = [];

afterEach(async () => {
  for (const server of running.splice(0)) {
    server.process.kill('SIGINT');
    await server.exited();
  }
});

describe('npm run local', () => {
  it('rotates everything for any AWS client, and the new password logs in, not the old', async () => {
    const { client, variables } = await serve('--grace', '2s');
    const before = await read(client);

    const { VersionId } = await client.send(new RotateSecretCommand({ SecretId: secretId }));
    await expect.poll(async () => (await labels(client)).AWSCURRENT, wait).toBe(VersionId);

    const after = await read(client);
    expect(await logIn(variables, after.DB_PASSWORD)).toBe('accepted');
    expect(await logIn(variables, before.DB_PASSWORD)).toBe('28P01');
    expect(after.SECRET_KEY_FALLBACKS).toEqual([before.SECRET_KEY]);
    expect(await askTwilio(variables, before)).toBe(200);
    await expect.poll(() => askTwilio(variables, before), wait).toBe(401);
    expect(await askTwilio(variables, after)).toBe(200);
  });

  it('starts from a JSON of ones own, and leaves its other keys as they are, byte for byte', async () => {
    const own = path.join(tmpdir(), `own-${process.pid}.json`);
    const text =
      '{"LIMIT": 1.50, "SECRET_KEY":"mine, until now", "DB_PASSWORD": "Correct-horse_7",\n' +
      `"TWILIO_ACCOUNT_SID": "AC${'0'.repeat(32)}", "TWILIO_AUTH_TOKEN": "${'1'.repeat(32)}"}`;
    await writeFile(own, text);
    const { client, variables } = await serve('--secret-file', own);
    await rm(own);

    expect(await readText(client)).toBe(text);
    expect(await logIn(variables, 'Correct-horse_7')).toBe('accepted');
    const { VersionId } = await client.send(new RotateSecretCommand({ SecretId: secretId }));
    await expect.poll(async () => (await labels(client)).AWSCURRENT, wait).toBe(VersionId);
    expect(await readText(client)).toMatch(/^\{"LIMIT": 1\.50, "SECRET_KEY":"[\w-]{64}", "DB_/);
  });

  it('says what to type next, and takes .local/env away when it ends', async () => {
    const { server, variables } = await serve();
    expect(server.stdout()).toContain('rotate-secret --secret-id "$KEYTURN_SECRET_ID"');
    expect(variables).toMatchObject({ AWS_REGION: 'us-east-1', KEYTURN_SECRET_ID: secretId });

    server.process.kill('SIGINT');
    expect(await server.exited()).toBe(0);
    expect(await server.traces()).toEqual([]);
    await expect(readFile('.local/env')).rejects.toThrow('ENOENT');
  });

  it('on every address, gives whoever asks a database that is reached as it was itself', async () => {
    const { server, variables } = await serve('--host', '0.0.0.0');
    const { hostname, port } = new URL(variables.AWS_ENDPOINT_URL ?? '');

    expect(hostname).toBe('127.0.0.1');
    expect(server.stdout()).toContain('CAUTION: it listens on 0.0.0.0.');
    for (const host of ['127.0.0.1', 'localhost', ownAddress() ?? '127.0.0.1']) {
      const asked = { ...variables, AWS_ENDPOINT_URL: `http://${host}:${port}` };
      expect(await databaseAddresses(asked)).toEqual([host, host]);
    }
  });

  it('warns of nothing where this machine alone reaches it', async () => {
    const { server } = await serve();

    expect(server.stdout()).not.toContain('CAUTION');
  });

  it('says which port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;

    const server = await run('src/local/serve.ts', ['--port', String(port)]);
    expect(await server.exited()).toBe(1);
    expect(server.stderr()).toContain(`Port ${port} is in use.`);
    expect(await server.traces()).toEqual([]);
    other.close();
  });

  it.each([
    ['no JSON', 'DB_PASSWORD=hunter2hunter2', /not valid JSON/],
    ['a list', '["hunter2hunter2"]', /not an object/],
  ])('refuses a secret file that holds %s, without showing it', async (_what, text, message) => {
    const own = path.join(tmpdir(), `bad-${process.pid}.json`);
    await writeFile(own, text);
    const server = await run('src/local/serve.ts', ['--port', '0', '--secret-file', own]);

    expect(await server.exited()).toBe(1);
    expect(server.stderr()).toMatch(message);
    expect(server.stderr()).not.toContain('hunter2');
    await rm(own);
  });
});

describe('npm run begin', () => {
  const secret = { SecretId: 'reminder-app/development' };

  it('arms a test alone on a copy of the current version, and then a rotation in its place', async () => {
    const { client } = await serve();
    const current = await client.send(new GetSecretValueCommand(secret));

    expect(await begin('--test-only')).toEqual([0, expect.stringContaining('test-only.json')]);
    const copy = { ...secret, VersionId: testOnlyEvent.ClientRequestToken };
    expect(await client.send(new GetSecretValueCommand(copy))).toMatchObject({
      SecretString: current.SecretString,
      VersionStages: ['AWSPENDING'],
    });

    expect(await begin()).toEqual([0, expect.stringContaining('create-secret.json')]);
    expect(await client.send(new DescribeSecretCommand(secret))).toMatchObject({
      VersionIdsToStages: {
        [String(current.VersionId)]: ['AWSCURRENT'],
        [createSecretEvent.ClientRequestToken]: ['AWSPENDING'],
      },
    });
    await expect(client.send(new GetSecretValueCommand(copy))).rejects.toThrow(
      'specified secret value',
    );
  });

  it('says what is missing where no stack runs', async () => {
    expect(await begin()).toEqual([1, expect.stringContaining('npm run local')]);
  });
});

const wait = { timeout: 15_000, interval: 100 };

async function serve(...args: string[]) {
  const server = await run('src/local/serve.ts', ['--port', '0', ...args]);
  running.push(server);
  await server.shows('What the functions log');
  const lines = (await readFile('.local/env', 'utf8')).matchAll(/^export (\w+)='(.*)'$/gm);
  const variables: Variables = Object.fromEntries(
    [...lines].map(([, name, value]) => [name, value]),
  );
  const client = new SecretsManagerClient({
    endpoint: variables.AWS_ENDPOINT_URL ?? '',
    region: variables.AWS_REGION ?? '',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  });
  return { server, variables, client };
}

type Variables = Readonly<Record<string, string>>;

/** The exit code, and everything that was printed. */
async function begin(...args: readonly string[]): Promise<readonly [number | null, string]> {
  const began = await run('src/local/begin.ts', args);
  const code = await began.exited();
  return [code, began.stdout() + began.stderr()];
}

async function databaseAddresses(variables: Variables): Promise<readonly unknown[]> {
  const client = new RDSClient({
    endpoint: variables.AWS_ENDPOINT_URL ?? '',
    region: variables.AWS_REGION ?? '',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  });
  const { DBInstances = [] } = await client.send(new DescribeDBInstancesCommand({}));
  client.destroy();
  return DBInstances.map(({ Endpoint }) => Endpoint?.Address);
}

async function readText(client: SecretsManagerClient): Promise<string> {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
  return SecretString ?? '';
}

interface Secret {
  readonly SECRET_KEY: string;
  readonly SECRET_KEY_FALLBACKS?: readonly string[];
  readonly DB_PASSWORD: string;
  readonly TWILIO_ACCOUNT_SID: string;
  readonly TWILIO_AUTH_TOKEN: string;
}

const read = async (client: SecretsManagerClient): Promise<Secret> =>
  JSON.parse(await readText(client));

async function labels(client: SecretsManagerClient): Promise<Readonly<Record<string, string>>> {
  const { VersionIdsToStages = {} } = await client.send(
    new DescribeSecretCommand({ SecretId: secretId }),
  );
  return Object.fromEntries(
    Object.entries(VersionIdsToStages).flatMap(([id, stages]) =>
      stages.map((stage) => [stage, id]),
    ),
  );
}

async function logIn(variables: Variables, password: string): Promise<string> {
  const client = new Client({
    host: variables.PGHOST,
    port: Number(variables.PGPORT),
    user: variables.PGUSER,
    database: variables.PGDATABASE,
    password,
  });
  try {
    await client.connect();
    await client.end();
    return 'accepted';
  } catch (error) {
    return String(Reflect.get(Object(error), 'code'));
  }
}

async function askTwilio(variables: Variables, secret: Secret): Promise<number> {
  const { TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: token } = secret;
  const authorization = `Basic ${Buffer.from(`${sid}:${token}`).toString('base64')}`;
  const url = `${variables.TWILIO_BASE_URL}/2010-04-01/Accounts/${sid}.json`;
  return (await fetch(url, { headers: { authorization } })).status;
}
