import { describeRdsContract } from '../support/rds-contract.ts';

describeRdsContract('cluster');
