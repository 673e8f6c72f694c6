import { randomUUID } from 'node:crypto';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { Client, type ClientConfig, Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createSecrets, databaseLogin, texts, withAuthRetry } from '../../src/app/index.ts';
import { type Postgres, startPostgres } from '../../src/local/postgres/start-postgres.ts';
import { localSecrets, type LocalSecrets } from '../cli/local-secrets.ts';

const a = { DB_USER: 'app_a', DB_PASSWORD: 'p1-horse+Staple/9vR=' };
const b = { DB_USER: 'app_b', DB_PASSWORD: 'p2-battery&Lamp/4kW=' };

describe('two users who take turns', () => {
  let postgres: Postgres;
  let local: LocalSecrets;

  beforeAll(async () => {
    [postgres, local] = await Promise.all([startPostgres(), localSecrets()]);
    for (const { DB_USER: name, DB_PASSWORD: password } of [a, b]) {
      await postgres.createRole({ name, password });
    }
  });
  afterAll(() => Promise.all([postgres.stop(), local.close()]));

  test('a pool of pg takes the user and the password of the version that is current', async () => {
    const { secrets, who, commit } = await application(a);

    expect(await who()).toBe('app_a');
    await commit(b);
    await secrets.refresh();

    expect(await who()).toBe('app_b');
  });

  test('withAuthRetry gets to the other user where the one in memory has ended', async () => {
    const { secrets, who, commit } = await application({ ...a, DB_PASSWORD: 'ended' });
    await commit(b);

    expect(await withAuthRetry(who, { secrets })).toBe('app_b');
  });

  test('what was accepted under AWSPENDING is given to later connections, as a pair', async () => {
    const { secrets, who, makePending } = await application({ ...a, DB_PASSWORD: 'ended' });
    await makePending(b);

    expect(await withAuthRetry(who, { secrets })).toBe('app_b');
    expect(await who()).toBe('app_b');
  });

  test('they stay a pair in trials of the password alone, too', async () => {
    const { secrets, who, makePending } = await application({ ...a, DB_PASSWORD: 'ended' });
    await makePending(b);
    const alone = { secrets, keys: ['DB_PASSWORD'] };

    expect(await withAuthRetry(who, alone)).toBe('app_b');
    expect(await withAuthRetry(who, { ...alone, withinMs: 0 })).toBe('app_b');
  });

  test('a trial that asked for the user by itself logs in with a pair all the same', async () => {
    const { secrets, login, makePending } = await application({ ...a, DB_PASSWORD: 'ended' });
    await makePending(b);
    await withAuthRetry(
      async () => {
        if (login().password !== b.DB_PASSWORD) throw Object.assign(new Error(), { code: '28P01' });
      },
      { secrets, keys: ['DB_PASSWORD'] },
    );

    const given = await withAuthRetry(
      async () => {
        await secrets.getSecret('DB_USER');
        return login();
      },
      { secrets },
    );

    expect(given).toEqual({ user: b.DB_USER, password: b.DB_PASSWORD });
  });

  test('a secret without a user leaves the user to the driver', async () => {
    const { who } = await application({ DB_PASSWORD: b.DB_PASSWORD }, { user: 'app_b' });

    expect(await who()).toBe('app_b');
  });

  test('a secret without a password is an error that names the key', async () => {
    const { who } = await application({ DB_USER: 'app_a' });

    await expect(who()).rejects.toMatchObject({ code: 'KEY_MISSING' });
    await expect(who()).rejects.toThrow('DB_PASSWORD');
  });

  /** An application whose pool opens a connection for each question who it is. */
  async function application(
    first: Readonly<Record<string, string>>,
    rest: Pick<ClientConfig, 'user'> = {},
  ) {
    const secret = await storedSecret(local, first);
    const { secrets } = secret;
    const login = databaseLogin({}, { secrets });
    class LoggedIn extends Client {
      constructor(config?: ClientConfig) {
        super({ ...config, ...login() });
        // The server may stop before a connection that the pool is through with is closed.
        this.on('error', () => undefined);
      }
    }
    const { host, port } = postgres;
    const options = { host, port, database: 'postgres', Client: LoggedIn, maxUses: 1 };
    const pool = new Pool({ ...options, ...rest });
    onTestFinished(() => pool.end());
    const who = async () => {
      const { rows } = await pool.query<{ name: string }>('SELECT current_user AS name');
      return rows[0]?.name;
    };
    return { ...secret, who, login };
  }
});

/** A secret with this first version, and an application that has read it. */
async function storedSecret({ client, manager }: LocalSecrets, first: object) {
  const SecretId = `app/${randomUUID()}`;
  await client.send(
    new CreateSecretCommand({ Name: SecretId, SecretString: JSON.stringify(first) }),
  );
  const schema = texts();
  const secrets = createSecrets({ secretId: SecretId, client, schema, log: false });
  onTestFinished(() => secrets.close());
  await secrets.ready();

  async function makePending(next: object): Promise<string> {
    const ClientRequestToken = randomUUID();
    const SecretString = JSON.stringify(next);
    const VersionStages = ['AWSPENDING'];
    await client.send(
      new PutSecretValueCommand({ SecretId, ClientRequestToken, SecretString, VersionStages }),
    );
    return ClientRequestToken;
  }

  return {
    secrets,
    makePending,
    commit: async (next: object) => {
      const MoveToVersionId = await makePending(next);
      const RemoveFromVersionId = manager.inspect(SecretId)?.versionId;
      const move = { MoveToVersionId, RemoveFromVersionId, VersionStage: 'AWSCURRENT' };
      await client.send(new UpdateSecretVersionStageCommand({ SecretId, ...move }));
    },
  };
}
