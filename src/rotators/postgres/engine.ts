import type { Engine } from '../database/place.ts';

/** What is PostgreSQL's own where a configuration leaves it open. */
export const postgresEngine: Engine = {
  title: 'PostgreSQL',
  port: 5432,
  database: 'postgres',
  names: /^(aurora-)?postgres(ql)?$/,
};
