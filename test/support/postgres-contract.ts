import { escapeIdentifier } from 'pg';
import { afterAll, beforeAll } from 'vitest';
import { buildPostgres, type PostgresSystem } from './postgres-system.ts';
import { type Ground, startGround } from './rds-system.ts';
import { describeContract, type Fixture } from './rotator-contract.ts';

type Sick = Fixture<PostgresSystem>['sick'];

/** The contract of a role's password, changed by the role itself or by an administrator. */
export function describePostgresContract(by: 'itself' | 'admin'): void {
  let ground: Ground;

  beforeAll(async () => {
    ground = await startGround();
  });
  afterAll(() => ground.close());

  describeContract(`postgres-password, changed by ${by}`, {
    single: true,
    build: () => buildPostgres(ground, { byAdmin: by === 'admin' }),
    sick: by === 'admin' ? { ...sick, ...sickAdmin } : sick,
    notApplicable: {
      'calls of create': 'the password is made here',
      'ambiguous revocation': 'one password is in force, and there is no other to revoke',
    },
  });
}

const sick: Sick = {
  'a role that is not there': async ({ current }) => ({ ...current, DB_USER: 'nobody' }),
  'a role that may not log in': async ({ role, query }) => {
    await query(`ALTER ROLE ${escapeIdentifier(role)} NOLOGIN`);
    return undefined;
  },
  'a role that has expired': async ({ role, query }) => {
    await query(`ALTER ROLE ${escapeIdentifier(role)} VALID UNTIL '2020-01-01'`);
    return undefined;
  },
};

const sickAdmin: Sick = {
  'an administrator without ADMIN OPTION': async ({ role, admin, query }) => {
    await query(`REVOKE ${escapeIdentifier(role)} FROM ${escapeIdentifier(admin.username)}`);
    return undefined;
  },
  'an administrator whose password is wrong': async ({ admin }) => {
    admin.password = 'none that he ever had';
    return undefined;
  },
  'an administrator who is the role itself': async ({ admin, role }) => {
    admin.username = role;
    return undefined;
  },
};
