import { describeMysqlContract } from '../support/mysql-contract.ts';

await describeMysqlContract('mariadb', { passwords: 'one' });
