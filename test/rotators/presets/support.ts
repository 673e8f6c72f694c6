import { startWorld } from '../../rotation/support/world.ts';
import { systemClock } from '../../../src/handlers/system-clock.ts';
import { SecretDocument } from '../../../src/rotation/secret-document.ts';
import { readConfiguration, type KeyConfiguration } from '../../../src/rotators/configuration.ts';
import { mysqlServer } from '../../../src/rotators/mysql/mysql-server.ts';
import { postgresServer } from '../../../src/rotators/postgres/postgres-server.ts';

export const adminArn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:shop/admin-AbCdE1';

const unused = async (): Promise<never> => {
  throw new Error('The rotator reached for a system that its test does not give it.');
};

/** A world whose secret has this text and these keys, and an administrator's secret beside it. */
export function worldOf(
  text: string,
  keys: Readonly<Record<string, KeyConfiguration>>,
  admin: object = {},
) {
  const configuration = readConfiguration([{ secret: 'shop/production', keys }], {
    clock: systemClock,
    postgres: postgresServer,
    mysql: mysqlServer,
    readSecret: async () => SecretDocument.parse(JSON.stringify(admin)),
    openRds: unused,
    openTwilioAccount: unused,
    openTwilioKeys: unused,
  });
  return startWorld({ text, rotators: () => configuration.planFor('shop/production').rotators });
}
