import { randomBytes } from 'node:crypto';
import { RDSClient } from '@aws-sdk/client-rds';
import { expect, onTestFinished, test } from 'vitest';
import { rdsDatabases } from '../../../src/aws/rds-databases.ts';
import { createAwsEndpoint } from '../../../src/local/aws-endpoint.ts';
import { realClock } from '../../../src/local/clock.ts';
import { serveHttp } from '../../../src/local/http-server.ts';
import { createRds } from '../../../src/local/rds/create-rds.ts';
import type { DatabaseSeed } from '../../../src/local/rds/database.ts';
import { textOf } from '../../../src/rotators/credential-text.ts';
import { mysqlServer } from '../../../src/rotators/mysql/mysql-server.ts';
import { rdsMasterPassword } from '../../../src/rotators/rds-master-password/rds-master-password.ts';
import { bind } from '../../support/bind.ts';
import { anyCall } from '../../support/calling.ts';
import type { System } from '../../support/contract/fixture.ts';
import { attempt } from '../../support/contract/invoke.ts';
import { Gate } from '../../support/gate.ts';
import type { MysqlGround } from '../../support/mysql-system.ts';
import { onServer, verbsOf } from '../mysql-password/support.ts';

const enginesOn = {
  mysql: ['mysql', 'aurora-mysql'],
  mariadb: ['mariadb'],
} as const;

for (const name of ['mysql', 'mariadb'] as const) {
  await onServer(name, [], (ground) => {
    test.each(enginesOn[name])('a login proves the master password of %s', async (engine) => {
      const system = await master(ground(), engine);
      const { check, create, install, switchTo } = verbsOf(system);
      const { current, wrong } = system;

      await check();
      const next = await create();
      await install(next);
      await switchTo(next, current);

      expect([await system.works(current), await system.works(next)]).toEqual([false, true]);
      expect(await verdictOn(system, next)).toBe('accepted');
      expect(await verdictOn(system, wrong)).toBe('rejected');
    });

    test('a reset that takes long does not block the master user', async () => {
      const system = await master(ground(), name, { resetMs: 2_500 });
      for (const statement of blockingAfterFive[name]) await ground().run(statement, [system.user]);
      const { create, switchTo } = verbsOf(system);
      const next = await create();

      await switchTo(next, system.current);

      expect(await verdictOn(system, next)).toBe('accepted');
    });

    test.each(enginesOn[name])(
      'a master password of %s that has drifted is told',
      async (engine) => {
        const system = await master(ground(), engine);

        const { error } = await attempt(system, (rotator, call) =>
          rotator.check({ ...call, current: system.wrong }),
        );

        expect(error?.code).toBe('CURRENT_REJECTED');
      },
    );
  });
}

const blockingAfterFive = {
  mysql: [`ALTER USER ?@'%' FAILED_LOGIN_ATTEMPTS 5 PASSWORD_LOCK_TIME 1`],
  mariadb: ['SET GLOBAL max_password_errors = 5'],
} as const;

async function verdictOn(system: System, credential: System['current']) {
  const rotator = await system.rotator(new Gate());
  return rotator.probe({ ...anyCall(), credential });
}

const credential = (value: string) => ({ DB_PASSWORD: value });

const secretText = () => randomBytes(15).toString('base64url');

/** A master user, whose database RDS knows over HTTP as an instance, or as a cluster of Aurora's. */
async function master(
  ground: MysqlGround,
  engine: string,
  behaviour: { readonly resetMs?: number } = {},
): Promise<System & { readonly user: string }> {
  const identifier = `db-${randomBytes(5).toString('hex')}`;
  const user = `master_${identifier.slice(3)}`;
  const password = secretText();
  const { host, port } = ground.server;
  await ground.run(`CREATE USER ?@'%' IDENTIFIED BY ?`, [user, password]);
  const kind = engine.startsWith('aurora') ? 'cluster' : 'instance';
  const seed: DatabaseSeed = {
    identifier,
    engine,
    masterUsername: user,
    endpoint: { address: host, port },
    applyMasterPassword: async (value) => {
      await ground.run(`ALTER USER ?@'%' IDENTIFIED BY ?`, [user, value]);
    },
  };
  const { rds, openRds } = await serveRds(kind, seed, behaviour);
  onTestFinished(async () => {
    await ground.run(`DROP USER ?@'%'`, [user]);
  });

  return {
    user,
    current: credential(password),
    wrong: credential(secretText()),
    rotator: async () =>
      bind(rdsMasterPassword, {
        key: 'DB_PASSWORD',
        options: { [kind]: identifier, tls: 'off', switchTimeout: '30s' },
        systems: { openRds, mysql: mysqlServer },
      }),
    works: async (given) => {
      const login = { host, port, user, password: textOf(given, 'DB_PASSWORD'), database: '' };
      const signal = new AbortController().signal;
      return (await mysqlServer.logIn({ ...login, tls: 'off', signal })) === 'accepted';
    },
    state: async () => [],
    settled: () => rds.idle(),
    close: async () => undefined,
  };
}

async function serveRds(kind: 'cluster' | 'instance', seed: DatabaseSeed, behaviour: object) {
  const times = { statusDelayMs: 10, resetMs: 20, settleMs: 10, ...behaviour };
  const rds = createRds({ clock: realClock, behaviour: times });
  if (kind === 'cluster') rds.addCluster(seed);
  else rds.addInstance(seed);
  const server = await serveHttp(createAwsEndpoint([rds.service]));
  onTestFinished(async () => {
    await rds.close();
    await server.close();
  });
  const client = new RDSClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  return { rds, openRds: rdsDatabases(async () => client) };
}
