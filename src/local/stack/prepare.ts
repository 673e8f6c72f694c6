import {
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  SchedulerClient,
} from '@aws-sdk/client-scheduler';
import * as v from 'valibot';
import { SecretDocument } from '../../rotation/secret-document.ts';
import type { DatabasePlace, SetUp, Strategy } from '../strategies/strategy.ts';
import type { DeployedStack } from '../template/deployed-stack.ts';
import type { LocalEnvironment } from './environments.ts';
import type { InitialSecret } from './initial-secret.ts';
import type { Parts } from './stack.ts';

interface Preparation {
  readonly environment: LocalEnvironment;
  readonly secret: InitialSecret;
}

type Servers = Parts & {
  readonly databaseHost: string;
  readonly atEnd: (end: () => Promise<unknown>) => void;
};

/** One environment's queue, database and Twilio account, and what a strategy makes of them. */
export async function prepareSystems(
  servers: Servers,
  { environment, secret, strategy }: Preparation & { readonly strategy: Strategy },
): Promise<SetUp> {
  const { postgres, rds, twilio, sqs, databaseHost } = servers;
  const { dbPassword, twilio: account } = secret;
  const { dbUser, dbName, dbInstance, deadLetterQueue } = environment;
  sqs.createQueue(deadLetterQueue, { retentionPeriod: 1_209_600 });
  await postgres.createRole({
    name: dbUser,
    password: dbPassword,
    createRole: true,
    createDatabase: true,
  });
  await postgres.createDatabase({ name: dbName, owner: dbUser });
  const database = {
    identifier: dbInstance,
    engine: 'postgres',
    engineVersion: '18.4',
    masterUsername: dbUser,
    endpoint: { address: databaseHost, port: postgres.port },
    applyMasterPassword: (password: string) => postgres.setPassword(dbUser, password),
  };
  // Whichever of the two the template names.
  rds.addInstance(database);
  rds.addCluster(database);
  if (account) twilio.addAccount(account);
  const usualPlace: DatabasePlace = {
    engine: 'postgres',
    host: databaseHost,
    port: postgres.port,
    database: dbName,
    user: dbUser,
  };
  const accountSid = account?.sid ?? '';
  return strategy.setUp({ ...servers, environment, usualPlace, dbPassword, accountSid });
}

/** One environment's secret and its schedules, before any rotation. */
export async function prepareSecret(
  { secretsManager, clientConfig }: Parts,
  {
    environment: { name, secretName, arnSuffix },
    secret: { text },
    template,
    keys,
  }: Preparation & Pick<SetUp, 'keys'> & { readonly template: DeployedStack },
): Promise<void> {
  secretsManager.createSecret({
    name: secretName,
    arnSuffix,
    secretString: SecretDocument.parse(text).with(keys).text,
    description: `Credentials of the Reminder App, ${name}`,
    kmsKeyId: template.parameter('KmsKeyArn') || undefined,
  });
  await createSchedules(template, clientConfig);
}

/** A schedule's properties are those of its request. */
const schedule = v.looseObject({
  Name: v.string(),
  ScheduleExpression: v.string(),
  FlexibleTimeWindow: v.object({ Mode: v.literal('OFF') }),
  Target: v.looseObject({ Arn: v.string(), RoleArn: v.string() }),
});

/** The group that runs are booked in, and the daily run. */
async function createSchedules(
  { resources }: DeployedStack,
  clientConfig: Parts['clientConfig'],
): Promise<void> {
  const client = new SchedulerClient(clientConfig);
  for (const { type, properties } of resources) {
    if (type === 'AWS::Scheduler::ScheduleGroup') {
      await client.send(new CreateScheduleGroupCommand({ Name: String(properties['Name']) }));
    }
    if (type === 'AWS::Scheduler::Schedule') {
      await client.send(new CreateScheduleCommand(v.parse(schedule, properties)));
    }
  }
  client.destroy();
}
