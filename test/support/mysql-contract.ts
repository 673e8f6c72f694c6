import { afterAll, beforeAll, describe } from 'vitest';
import type { ServerName } from '../../src/local/servers/server-folder.ts';
import type { Fixture } from './contract/fixture.ts';
import {
  buildMysql,
  startMysqlGround,
  type MysqlGround,
  type MysqlRequest,
  type MysqlSystem,
} from './mysql-system.ts';
import { describeContract } from './rotator-contract.ts';
import { whereMissing } from './servers/where-missing.ts';

/** The contract of `mysql-password` in one of its shapes, on a real server. */
export async function describeMysqlContract(
  name: ServerName,
  request: MysqlRequest & { readonly passwords: 'two' | 'one' },
): Promise<void> {
  const missing = await whereMissing(name);

  describe.skipIf(missing)(`on ${name}${missing}`, () => {
    let ground: MysqlGround;

    beforeAll(async () => {
      ground = await startMysqlGround(name);
    });
    afterAll(() => ground.close());

    const { passwords, byAdmin = false } = request;
    describeContract(
      `mysql-password, ${passwords} at once, by ${byAdmin ? 'an administrator' : 'itself'}`,
      {
        single: passwords === 'one',
        build: () => buildMysql(ground, request),
        sick: { ...sick, ...(byAdmin && sickAdmin((text, values) => ground.run(text, values))) },
        notApplicable: {
          'calls of create': 'a password is made here, and nobody is asked for it',
          'ambiguous revocation': 'a password is ended by making the one to keep the only one',
        },
      },
    );
  });
}

const sick: Fixture<MysqlSystem>['sick'] = {
  'a user who is not there': async ({ current }) => ({ ...current, DB_USER: 'nobody' }),
  'a user who is the administrator': async ({ admin }) => ({
    DB_USER: admin.username,
    DB_PASSWORD: 'not his',
  }),
};

const sickAdmin = (run: MysqlGround['run']): Fixture<MysqlSystem>['sick'] => ({
  'an administrator who may not change users': async ({ admin }) => {
    await run(`REVOKE CREATE USER ON *.* FROM ?@'%'`, [admin.username]);
    return undefined;
  },
  'an administrator whom the server refuses': async ({ admin }) => {
    await run(`DROP USER ?@'%'`, [admin.username]);
    return undefined;
  },
});
