import {
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  SchedulerClient,
} from '@aws-sdk/client-scheduler';
import * as v from 'valibot';
import type { DeployedStack } from '../template/deployed-stack.ts';
import type { LocalEnvironment } from './environments.ts';
import type { InitialSecret } from './initial-secret.ts';
import type { Parts } from './stack.ts';

interface Preparation {
  readonly environment: LocalEnvironment;
  readonly template: DeployedStack;
  readonly secret: InitialSecret;
}

type Servers = Parts & { readonly databaseHost: string };

/** One environment's queue, database, Twilio account and secret, before any rotation. */
export async function prepare(
  { postgres, rds, twilio, secretsManager, sqs, databaseHost, clientConfig }: Servers,
  { environment, template, secret }: Preparation,
): Promise<void> {
  const { text, dbPassword, twilio: account } = secret;
  const { dbUser, dbName, dbInstance, secretName, arnSuffix, deadLetterQueue } = environment;
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
  secretsManager.createSecret({
    name: secretName,
    arnSuffix,
    secretString: text,
    description: `Credentials of the Reminder App, ${environment.name}`,
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
