import { realMysql } from './databases/real-mysql.ts';
import { realPostgres } from './databases/real-postgres.ts';
import type { RealDatabase } from './databases/real-database.ts';
import { connectTwilio } from './twilio-network.ts';

/** The real servers for all worlds of a process, each started when the first world needs it. */
export interface Ground {
  postgres(): Promise<RealDatabase>;
  mysql(): Promise<RealDatabase>;
  mariadb(): Promise<RealDatabase>;
  stop(): Promise<void>;
}

export async function startGround(): Promise<Ground> {
  // Loaded on first use by the code, which on a driven clock must take no time.
  await import('twilio/lib/rest/AccountsBase.js');
  const disconnect = connectTwilio();
  const started: Promise<RealDatabase>[] = [];
  const onFirstUse = (start: () => Promise<RealDatabase>) => {
    let database: Promise<RealDatabase> | undefined;
    const begin = () => {
      const promise = start();
      started.push(promise);
      return promise;
    };
    return () => (database ??= begin());
  };
  return {
    postgres: onFirstUse(realPostgres),
    mysql: onFirstUse(() => realMysql('MySQL')),
    mariadb: onFirstUse(() => realMysql('MariaDB')),
    stop: async () => {
      disconnect();
      await Promise.all((await Promise.allSettled(started)).map(stopped));
    },
  };
}

async function stopped(result: PromiseSettledResult<RealDatabase>): Promise<void> {
  if (result.status === 'fulfilled') await result.value.stop();
}
