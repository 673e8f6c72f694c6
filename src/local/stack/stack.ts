import type { JournalEntry } from '../../rotation/journal.ts';
import { createAwsEndpoint } from '../aws-endpoint.ts';
import { localRegion } from '../aws-service.ts';
import type { LocalClock } from '../clock.ts';
import type { LocalFunction } from '../functions.ts';
import { serveHttp } from '../http-server.ts';
import { createIam, type LocalIam } from '../iam/create-iam.ts';
import {
  acting,
  invocableBySecretsManager,
  runByLambda,
  sendingForFunctions,
} from '../iam/services.ts';
import { createLambda, type Lambda } from '../lambda/create-lambda.ts';
import { createLogs } from '../logs/create-logs.ts';
import { startPostgres, type Postgres } from '../postgres/start-postgres.ts';
import { createRds, type Rds } from '../rds/create-rds.ts';
import { createScheduler, type Scheduler } from '../scheduler/create-scheduler.ts';
import {
  createSecretsManager,
  type SecretsManagerStandIn,
} from '../secrets-manager/secrets-manager.ts';
import { createSqs, type Sqs } from '../sqs/create-sqs.ts';
import { everyKey } from '../strategies/list.ts';
import type { DatabasePlace, Strategy } from '../strategies/strategy.ts';
import type { Parameters } from '../template/deployed-stack.ts';
import { createTwilio, type Twilio } from '../twilio/create-twilio.ts';
import { addressedAsAsked } from './addressed-as-asked.ts';
import { controlService } from './control.ts';
import { deploy, localCredentials, templateOf, variablesOf } from './deployment.ts';
import { development, production, type LocalEnvironment } from './environments.ts';
import type { LogLine } from './function-logger.ts';
import { type InitialSecret, initialSecret } from './initial-secret.ts';
import { createOperatorServices } from './operator-services.ts';
import { prepareSecret, prepareSystems } from './prepare.ts';

export interface StackOptions {
  readonly clock: LocalClock;
  readonly host?: string;
  /** Of the AWS endpoint and of Twilio's; 0 takes free ones. */
  readonly ports?: { readonly aws: number; readonly twilio: number };
  /** How long a superseded Twilio token lives on, such as `60s`. */
  readonly grace: string;
  /** Holds every call to the policies of template.yaml. Default false. */
  readonly enforceIam?: boolean;
  /** How production is rotated. Default: one key of each kind. */
  readonly strategy?: Strategy | undefined;
  /** Parameters of template.yaml for production, beside those of the strategy. */
  readonly parameters?: Parameters;
  /** The text of `reminder-app/production`; absent: made up. */
  readonly secretText?: string | undefined;
  readonly onLog?: (environment: LocalEnvironment, line: LogLine) => void;
  readonly onJournal?: (environment: LocalEnvironment, entry: JournalEntry) => void;
  readonly onMetrics?: (environment: LocalEnvironment, line: string) => void;
  /** Told what a stand-in threw that no client should see. */
  readonly onError?: ((error: unknown) => void) | undefined;
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
  /** Where an application of production finds its database. */
  readonly database: DatabasePlace;
  /** Where the policies are enforced: what they were needed for. */
  readonly iam: LocalIam | undefined;
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
  const { grace, onError } = options;
  const first = initialSecret(options.secretText);
  const functions = new Map<string, LocalFunction>();
  const policies = createIam({ holdsRoles: options.enforceIam ?? false });
  const iam = options.enforceIam ? policies : undefined;

  const postgres = await startPostgres({ host, ...(signal && { signal }) });
  atEnd(() => postgres.stop());
  const secretsManager = createSecretsManager({
    clock,
    functions: invocableBySecretsManager(policies, functions, (arn) => lambda.policyOf(arn)),
  });
  const rds = createRds({ clock });
  const sqs = createSqs({ clock });
  const logs = createLogs({ clock });
  const queueOf = new Map(environments.map((each) => [each.reconcileArn, each.deadLetterArn]));
  const maySend = iam && sendingForFunctions(iam);
  const lambda = createLambda({ clock, functions, onFailure: { queues: sqs, queueOf, maySend } });
  const scheduler = createScheduler({
    clock,
    functions: lambda.asynchronous,
    queues: sqs,
    actAs: iam && acting(iam, 'scheduler.amazonaws.com'),
  });
  const twilio = createTwilio({ clock });
  const operators = createOperatorServices({ clock, iam: policies, secretsManager, lambda });
  const services = [
    secretsManager.service,
    addressedAsAsked(rds.service, reachable(host)),
    scheduler.service,
    lambda.service,
    sqs.service,
    logs.service,
    ...operators.services,
    controlService(secretsManager),
  ];
  const aws = await serveHttp(createAwsEndpoint(services, { guard: operators.guard, onError }), {
    host,
    port: ports.aws,
  });
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

  async function deployed(
    environment: LocalEnvironment,
    { secret = initialSecret(), strategy = everyKey, parameters = {} }: Chosen,
  ): Promise<DatabasePlace> {
    const grounds = { ...parts, databaseHost, atEnd };
    const setUp = await prepareSystems(grounds, { environment, secret, strategy });
    signal?.throwIfAborted();
    const template = templateOf(environment, grace, { ...setUp.parameters, ...parameters });
    operators.deploy(template, variablesOf({ environment, template, awsUrl, twilioUrl }));
    await prepareSecret(parts, { environment, secret, template, keys: setUp.keys });
    const { onLog = quiet.onLog } = options;
    const deployment = { ...quiet, ...options, environment, template, awsUrl, twilioUrl };
    for (const [arn, run] of deploy({ ...deployment, onLog: logs.heardBy(onLog) })) {
      logs.openFor(arn);
      functions.set(arn, iam ? runByLambda(iam, arn, run) : run);
    }
    return setUp.database;
  }

  const database = await deployed(production, { ...options, secret: first });
  await deployed(development, {});
  return { ...parts, awsUrl, twilioUrl, databaseHost, database, iam };
}

type Chosen = Pick<StackOptions, 'strategy' | 'parameters'> & { readonly secret?: InitialSecret };

/** Where a client on this machine reaches a server that listens on every address. */
const reachable = (host: string) => (host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host);

const environments = [production, development];

const quiet = { onLog: () => undefined, onJournal: () => undefined, onMetrics: () => undefined };
