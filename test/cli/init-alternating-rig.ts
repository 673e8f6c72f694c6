import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { afterAll, beforeAll, expect } from 'vitest';
import { type Postgres, startPostgres } from '../../src/local/postgres/start-postgres.ts';
import { login } from '../local/postgres/login.ts';
import { leaksIn } from '../stack/leaks.ts';
import { expectSilent } from '../support/expect-told.ts';
import { runKeyturn } from './run-keyturn.ts';
import { useLocalSecrets } from './use-local-secrets.ts';

export const adminPassword = 'a-Password-0f-the-admin';

let count = 0;

/** Names of their own for a secret and three roles. */
export function fresh() {
  count += 1;
  const [owner, a, b] = ['owner', 'a', 'b'].map((what) => `shop${count}_${what}`);
  return { secret: `shop/${count}`, owner: owner ?? '', a: a ?? '', b: b ?? '' };
}

export type Names = ReturnType<typeof fresh>;

const credential = v.object({ DB_USER: v.string(), DB_PASSWORD: v.string() });
const refused = v.object({ code: v.string() });

/**
 * A PostgreSQL with an administrator whose secret is stored, and `init postgres-alternating` on it.
 * No password is ever printed, nor in the server's log, which holds every statement.
 */
export function useAlternatingRig() {
  const secrets = useLocalSecrets();
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres({ logStatements: true });
    await postgres.createRole({ name: 'shop_admin', password: adminPassword, createRole: true });
    await store('shop/admin', { username: 'shop_admin', password: adminPassword });
    await storeIn('eu-west-1', 'shop/admin', { username: 'shop_admin', password: adminPassword });
  });
  afterAll(async () => {
    expect(leaksIn(await serverLog(), passwords())).toEqual([]);
    await postgres.stop();
  });

  /** Every password that was ever stored here. */
  const passwords = () =>
    secrets()
      .sent.filter((sent) => /^[A-Za-z][\w-]{39}$/.test(sent))
      .concat(adminPassword);

  const serverLog = () => readFile(postgres.logPath, 'utf8');

  async function store(name: string, value: object): Promise<void> {
    const SecretString = JSON.stringify(value);
    await secrets().client.send(new CreateSecretCommand({ Name: name, SecretString }));
  }

  async function storeIn(region: string, name: string, value: object): Promise<void> {
    const client = new SecretsManagerClient({ ...secrets().clientConfig, region });
    const SecretString = JSON.stringify(value);
    await client.send(new CreateSecretCommand({ Name: name, SecretString }));
    client.destroy();
  }

  async function command(...args: string[]) {
    const outcome = await runKeyturn(secrets(), 'init', 'postgres-alternating', ...args);
    expectSilent(outcome.stdout + outcome.stderr, passwords());
    return outcome;
  }

  const argsFor = ({ secret, owner, a, b }: Names) => [
    '--secret',
    secret,
    '--owner',
    owner,
    '--users',
    `${a},${b}`,
    '--host',
    postgres.host,
    '--port',
    String(postgres.port),
    '--tls',
    'off',
    '--admin-secret',
    'shop/admin',
    '--yes',
  ];

  const setUp = (names: Names, ...more: string[]) => command(...argsFor(names), ...more);

  const rolesOf = ({ owner, a, b }: Names) =>
    postgres.query(
      `SELECT rolname, rolcanlogin, rolpassword, shobj_description(oid, 'pg_authid') AS note
       FROM pg_authid WHERE rolname IN ($1, $2, $3) ORDER BY rolname`,
      [owner, a, b],
    );

  const storedIn = (secret: string) =>
    v.parse(credential, JSON.parse(secrets().valueOf(secret) ?? 'null'));

  return {
    secrets,
    postgres: () => postgres,
    passwords,
    serverLog,
    store,
    command,
    argsFor,
    setUp,
    rolesOf,
    storedIn,

    /** As whom one acts with what the secret names. */
    actsAs: (secret: string) => {
      const { DB_USER: user, DB_PASSWORD: password } = storedIn(secret);
      return login(postgres, user, password);
    },

    /** The code of a set-up that is refused, and changes nothing. */
    refusal: async (names: Names, ...more: string[]) => {
      const before = [await rolesOf(names), secrets().isThere(names.secret)];
      const outcome = await setUp(names, ...more, '--json');
      expect([await rolesOf(names), secrets().isThere(names.secret)]).toEqual(before);
      return { ...outcome, ...v.parse(refused, JSON.parse(outcome.stdout)) };
    },
  };
}
