import { afterAll, beforeAll } from 'vitest';
import { describeContract, type Fixture } from './rotator-contract.ts';
import { buildRds, type Ground, type RdsSystem, startGround } from './rds-system.ts';

/** The contract of the master password, on an instance or a cluster over a real PostgreSQL. */
export function describeRdsContract(kind: 'instance' | 'cluster'): void {
  let ground: Ground;

  beforeAll(async () => {
    ground = await startGround();
  });
  afterAll(() => ground.close());

  describeContract(`rds-master-password on an RDS ${kind}`, {
    single: true,
    // A login is taken apart for instances; for clusters it is the same.
    build: () => buildRds(ground, { kind, wholeLogins: kind === 'cluster' }),
    sick,
    notApplicable: {
      'ambiguous revocation': 'one password is in force, and there is no other to revoke',
    },
  });
}

const sick: Fixture<RdsSystem>['sick'] = {
  'a database that is stopped': async ({ database }) => {
    database.status = 'stopped';
    return undefined;
  },
  'a database without an endpoint': async ({ database }) => {
    database.endpoint = undefined;
    return undefined;
  },
  'a user who is not the master': async ({ current }) => ({ ...current, DB_USER: 'somebody' }),
  'a database that nothing leads to': async ({ database }) => {
    database.endpoint = { address: '127.0.0.1', port: 1 };
    return undefined;
  },
};
