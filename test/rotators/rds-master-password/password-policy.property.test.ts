import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { rdsDatabases } from '../../../src/aws/rds-databases.ts';
import { realClock } from '../../../src/local/clock.ts';
import { createRds } from '../../../src/local/rds/create-rds.ts';
import { rdsMasterPassword } from '../../../src/rotators/rds-master-password/rds-master-password.ts';
import { serveRds } from '../../local/rds/rds-client.ts';
import { bind } from '../../support/bind.ts';
import { hurried } from '../../support/hurried.ts';
import { anyCall, anyVersion } from '../../support/calling.ts';

const engines = [
  'postgres',
  'mysql',
  'mariadb',
  'aurora-postgresql',
  'aurora-mysql',
  'sqlserver-ee',
  'sqlserver-ex',
  'oracle-ee',
  'oracle-se2-cdb',
  'custom-oracle-ee',
  'custom-sqlserver-se',
  'db2-ae',
  'an-engine-of-tomorrow',
];

const call = {
  ...anyCall(),
  signal: AbortSignal.timeout(60_000),
};

test('RDS takes every password made, whatever the engine, on an instance and on a cluster (F-3, F-4)', async () => {
  const rds = createRds({
    clock: realClock,
    behaviour: { statusDelayMs: 2, resetMs: 2, settleMs: 2 },
  });
  const served = await serveRds(rds);

  try {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...engines),
        fc.constantFrom('instance', 'cluster'),
        async (engine, kind) => {
          const applied: string[] = [];
          const seed = {
            identifier: `${kind}-${engine}`,
            engine,
            masterUsername: 'master',
            applyMasterPassword: async (password: string) => void applied.push(password),
          };
          if (kind === 'instance') rds.addInstance(seed);
          else rds.addCluster(seed);
          const rotator = bind(rdsMasterPassword, {
            key: 'DB_PASSWORD',
            options: { [kind]: seed.identifier, verify: 'describe' },
            systems: {
              clock: hurried(realClock, 250),
              openRds: rdsDatabases(async () => served.client),
            },
          });
          const current = { DB_PASSWORD: 'the-password-before' };

          const made = await rotator.create({
            ...call,
            current,
            superseded: async () => undefined,
            version: anyVersion,
          });
          const { DB_PASSWORD: password } = made;
          expect(password).toMatch(/^[A-Za-z][A-Za-z0-9_-]{29,39}$/);
          const opened = await rdsDatabases(async () => served.client)({
            kind,
            identifier: seed.identifier,
          });
          await opened.setMasterPassword(typeof password === 'string' ? password : '', call.signal);
          await rds.idle();

          expect(applied).toEqual([password]);
        },
      ),
      { numRuns: 60 },
    );
  } finally {
    await served.close();
  }
});
