import { afterAll, beforeAll } from 'vitest';
import { type Postgres, startPostgres } from '../../src/local/postgres/start-postgres.ts';
import { buildRds, type RdsSystem } from '../support/rds-system.ts';
import { describeContract, type Fixture } from '../support/rotator-contract.ts';

let postgres: Postgres;

beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

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
  'a database that is gone': async ({ rds, database }) => {
    database.endpoint = { address: '127.0.0.1', port: 1 };
    return rds.idle().then(() => undefined);
  },
};

const notApplicable = {
  'ambiguous revocation': 'one password is in force, and there is no other to revoke',
};

for (const kind of ['instance', 'cluster'] as const) {
  describeContract(`rds-master-password on an RDS ${kind}`, {
    single: true,
    build: () => buildRds(postgres, { kind }),
    sick,
    notApplicable,
  });
}
