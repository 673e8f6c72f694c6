import type { JournalEntry } from '../../rotation/journal.ts';
import { createAwsEndpoint } from '../aws-endpoint.ts';
import { localRegion } from '../aws-service.ts';
import type { LocalClock } from '../clock.ts';
import type { LocalFunction } from '../functions.ts';
import { serveHttp } from '../http-server.ts';
import { createLambda, type Lambda } from '../lambda/create-lambda.ts';
import { startPostgres, type Postgres } from '../postgres/start-postgres.ts';
import { createRds, type Rds } from '../rds/create-rds.ts';
import { createScheduler, type Scheduler } from '../scheduler/create-scheduler.ts';
import {
  createSecretsManager,
  type SecretsManagerStandIn,
} from '../secrets-manager/secrets-manager.ts';
import { createSqs, type Sqs } from '../sqs/create-sqs.ts';
import { createTwilio, type Twilio } from '../twilio/create-twilio.ts';
import { controlService } from './control.ts';
import { deploy, localCredentials } from './deployment.ts';
import { development, production, type LocalEnvironment } from './environments.ts';
import type { LogLine } from './function-logger.ts';
import { initialSecret } from './initial-secret.ts';
import { createScheduleGroup, prepare } from './prepare.ts';

export interface StackOptions {
  readonly clock: LocalClock;
  readonly host?: string;
  /** Of the AWS endpoint and of Twilio's; 0 takes free ones. */
  readonly ports?: { readonly aws: number; readonly twilio: number };
  /** How long a superseded Twilio token lives on, such as `60s`. */
  readonly grace: string;
  /** The text of `reminder-app/production`; absent: made up. */
  readonly secretText?: string | undefined;
  readonly onLog?: (environment: LocalEnvironment, line: LogLine) => void;
  readonly onJournal?: (environment: LocalEnvironment, entry: JournalEntry) => void;
  readonly onMetrics?: (environment: LocalEnvironment, line: string) => void;
  /** Calls the start off, leaving nothing behind. */
  readonly signal?: AbortSignal;
}

/** What the stack is made of. */
export interface Parts {
  readonly postgres: Postgres;
  readonly secretsManager: SecretsManagerStandIn;
  readonly rds: Rds;
  readonly scheduler: Scheduler;
  readonly lambda: Lambda;
  readonly sqs: Sqs;
  readonly twilio: Twilio;
  /** For any client of AWS's. */
  readonly clientConfig: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: typeof localCredentials;
  };
}

/** The embedded stack: stand-ins of AWS and Twilio, a real PostgreSQL, and the functions. */
export interface Stack extends Parts {
  readonly awsUrl: string;
  readonly twilioUrl: string;
  /** Where a client on this machine reaches the database. */
  readonly databaseHost: string;
  /** Ends everything that runs and removes what it wrote. May be called twice. */
  stop(): Promise<void>;
}

/** Throws PortInUseError, PostgresStartError, or what is wrong with the secret's text. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const endings: Ending[] = [];
  const stop = async () => {
    for (const end of endings.splice(0).toReversed()) await end();
  };
  try {
    const stack = await start(options, (end) => endings.push(end));
    return { ...stack, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Ending = () => Promise<unknown> | void;

async function start(
  options: StackOptions,
  atEnd: (end: Ending) => void,
): Promise<Omit<Stack, 'stop'>> {
  const { clock, host = '127.0.0.1', ports = { aws: 0, twilio: 0 }, signal } = options;
  const first = initialSecret(options.secretText);
  const functions = new Map<string, LocalFunction>();

  const postgres = await startPostgres({ host, ...(signal && { signal }) });
  atEnd(() => postgres.stop());
  const secretsManager = createSecretsManager({ clock, functions });
  const rds = createRds({ clock });
  const sqs = createSqs({ clock });
  const queueOf = new Map(environments.map((each) => [each.reconcileArn, each.deadLetterArn]));
  const lambda = createLambda({ clock, functions, onFailure: { queues: sqs, queueOf } });
  const scheduler = createScheduler({ clock, functions: lambda.asynchronous, queues: sqs });
  const twilio = createTwilio({ clock });
  const services = [
    secretsManager.service,
    rds.service,
    scheduler.service,
    lambda.service,
    sqs.service,
    controlService(secretsManager),
  ];
  const aws = await serveHttp(createAwsEndpoint(services), { host, port: ports.aws });
  atEnd(() => aws.close());
  const twilioServer = await serveHttp(twilio.fetch, { host, port: ports.twilio });
  atEnd(() => twilioServer.close());
  atEnd(() => secretsManager.close());
  atEnd(() => scheduler.close());
  atEnd(() => lambda.close());
  atEnd(() => rds.close());

  const databaseHost = reachable(host);
  const awsUrl = aws.url.replace(host, databaseHost);
  const twilioUrl = twilioServer.url.replace(host, databaseHost);
  const clientConfig = { endpoint: awsUrl, region: localRegion, credentials: localCredentials };
  const servers = { postgres, secretsManager, rds, scheduler, lambda, sqs, twilio };
  const parts: Parts = { ...servers, clientConfig };
  await createScheduleGroup(clientConfig);
  await prepare({ ...parts, databaseHost }, production, first);
  await prepare({ ...parts, databaseHost }, development, initialSecret());
  for (const environment of environments) {
    const deployment = { ...quiet, ...options, environment, awsUrl, twilioUrl };
    for (const [arn, run] of deploy(deployment)) functions.set(arn, run);
  }
  return { ...parts, awsUrl, twilioUrl, databaseHost };
}

/** Where a client on this machine reaches a server that listens on every address. */
const reachable = (host: string) => (host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host);

const environments = [production, development];

const quiet = { onLog: () => undefined, onJournal: () => undefined, onMetrics: () => undefined };
