import { describeMysqlContract } from '../support/mysql-contract.ts';

await describeMysqlContract('mysql', { passwords: 'two', loginsTakenApart: true });
