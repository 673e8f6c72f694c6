import { CreateScheduleGroupCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { scheduleGroup, type LocalEnvironment } from './environments.ts';
import type { InitialSecret } from './initial-secret.ts';
import type { Parts } from './stack.ts';

/** What the template makes once for all environments. */
export async function createScheduleGroup(clientConfig: Parts['clientConfig']): Promise<void> {
  const client = new SchedulerClient(clientConfig);
  await client.send(new CreateScheduleGroupCommand({ Name: scheduleGroup }));
  client.destroy();
}

/** One environment's queue, database, Twilio account and secret, before any rotation. */
export async function prepare(
  {
    postgres,
    rds,
    twilio,
    secretsManager,
    sqs,
    databaseHost,
  }: Omit<Parts, 'clientConfig'> & { readonly databaseHost: string },
  environment: LocalEnvironment,
  { text, dbPassword, twilio: account }: InitialSecret,
): Promise<void> {
  const { dbUser, dbName, dbInstance, secretName, arnSuffix, deadLetterQueue } = environment;
  sqs.createQueue(deadLetterQueue, { retentionPeriod: 1_209_600 });
  await postgres.createRole({
    name: dbUser,
    password: dbPassword,
    createRole: true,
    createDatabase: true,
  });
  await postgres.createDatabase({ name: dbName, owner: dbUser });
  rds.addInstance({
    identifier: dbInstance,
    engine: 'postgres',
    engineVersion: '18.4',
    masterUsername: dbUser,
    endpoint: { address: databaseHost, port: postgres.port },
    applyMasterPassword: (password) => postgres.setPassword(dbUser, password),
  });
  if (account) twilio.addAccount(account);
  secretsManager.createSecret({
    name: secretName,
    arnSuffix,
    secretString: text,
    description: `Credentials of the Reminder App, ${environment.name}`,
  });
}
