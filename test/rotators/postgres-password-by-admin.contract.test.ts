import { describePostgresContract } from '../support/postgres-contract.ts';

describePostgresContract('admin');
