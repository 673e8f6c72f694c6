import type { Engine } from '../database/place.ts';

/** What is MySQL's and MariaDB's own where a configuration leaves it open. A login needs no database. */
export const mysqlEngine: Engine = {
  title: 'MySQL or MariaDB',
  port: 3306,
  database: '',
  names: /^((aurora-)?mysql|mariadb)$/,
};
