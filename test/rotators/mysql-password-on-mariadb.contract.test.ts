import { describeMysqlContract } from '../support/mysql-contract.ts';

await describeMysqlContract('mariadb', { passwords: 'two', byAdmin: true });
