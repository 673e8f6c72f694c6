import type { Logger } from '@aws-lambda-powertools/logger';
import type { RDSClientConfig } from '@aws-sdk/client-rds';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SQSClientConfig } from '@aws-sdk/client-sqs';
import configure from '../../rotation.config.ts';
import { rdsDatabases } from '../aws/rds-databases.ts';
import { readSecretBy } from '../aws/read-secret.ts';
import { schedulerBookings } from '../aws/scheduler-bookings.ts';
import { sqsDeadLetters, type Reader } from '../aws/sqs-dead-letters.ts';
import type { Bookings } from '../rotation/bookings.ts';
import type { Clock } from '../rotation/clock.ts';
import type { DeadLetters } from '../rotation/dead-letters.ts';
import type { Journal } from '../rotation/journal.ts';
import { readConfiguration, type Configuration } from '../rotators/configuration.ts';
import { lateServer } from '../rotators/database/late-server.ts';
import { twilioKeys } from '../rotators/twilio-api-key/twilio-keys.ts';
import { twilioAccounts } from '../rotators/twilio-auth-token/twilio-account.ts';
import { readEnvironment, setVariables, type Environment, type Variables } from './environment.ts';
import { assertGranted } from './grants.ts';

/** What AWS clients are made with beside their defaults: an endpoint, credentials, a region. */
export type ClientConfig = Pick<
  RDSClientConfig,
  'credentials' | 'customUserAgent' | 'endpoint' | 'region'
>;

/** Everything a handler works with, made once when the function starts. */
export interface Wiring {
  readonly configuration: Configuration;
  readonly secretsManager: SecretsManagerClient;
  readonly bookings: (signal: AbortSignal) => Bookings;
  /** Absent where no queue is configured. */
  readonly deadLetters?: ((reader: Reader) => DeadLetters) | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Hears what the protocol reports, beside the log. */
  readonly listener?: Journal | undefined;
  /** Takes the lines that CloudWatch reads metrics from. */
  readonly emit?: ((line: string) => void) | undefined;
}

interface Options {
  readonly variables: Variables;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly clientConfig?: ClientConfig;
  readonly listener?: Journal;
  readonly emit?: (line: string) => void;
}

/** Seconds after which a call without an answer is given up; the SDK itself would wait for ever. */
const requestHandler = {
  connectionTimeout: 1_000,
  requestTimeout: 3_000,
  throwOnRequestTimeout: true,
};

/**
 * Reads environment and configuration and connects the ends. Loads no client but that of Secrets
 * Manager. Throws `CONFIG_INVALID`, `CONFIG_MISMATCH`, `UNKNOWN_ROTATOR` or `KEY_CLAIMED_TWICE`.
 */
export function wire(options: Options): Wiring {
  const { variables, logger, clock, clientConfig = {}, listener, emit } = options;
  const environment = readEnvironment(variables);
  const clients = { maxAttempts: 3, requestHandler, ...clientConfig };
  const secretsManager = new SecretsManagerClient(clients);
  const configuration = readConfiguration(configure(setVariables(variables)), {
    clock,
    postgres: lateServer(
      async () => (await import('../rotators/postgres/postgres-server.ts')).postgresServer,
    ),
    mysql: lateServer(async () => (await import('../rotators/mysql/mysql-server.ts')).mysqlServer),
    readSecret: readSecretBy(secretsManager),
    openRds: rdsDatabases(async () => new (await import('@aws-sdk/client-rds')).RDSClient(clients)),
    openTwilioAccount: twilioAccounts({ baseUrl: environment.TWILIO_BASE_URL || undefined }),
    openTwilioKeys: twilioKeys({ baseUrl: environment.TWILIO_BASE_URL || undefined }),
  });
  assertGranted(configuration, environment);

  return {
    configuration,
    secretsManager,
    bookings: (signal) =>
      schedulerBookings(
        async () => new (await import('@aws-sdk/client-scheduler')).SchedulerClient(clients),
        bookingSettings(environment),
        signal,
      ),
    deadLetters: deadLettersOf(environment, clients),
    clock,
    logger,
    listener,
    emit,
  };
}

const bookingSettings = (environment: Environment) => ({
  groupName: environment.KEYTURN_SCHEDULE_GROUP,
  roleArn: environment.KEYTURN_SCHEDULER_ROLE_ARN,
  functionArn: environment.KEYTURN_RECONCILE_ARN,
  deadLetterArn: environment.KEYTURN_DEAD_LETTER_ARN,
});

/**
 * The queue's URL is a variable of its own: only CloudFormation knows it for certain, and asking
 * SQS for it would be one more call, and one more permission.
 */
function deadLettersOf(
  { KEYTURN_DEAD_LETTER_URL: url }: Environment,
  clients: SQSClientConfig,
): Wiring['deadLetters'] {
  if (url === '') return undefined;
  // Called where every other service is, and not at whatever address the URL begins with.
  const config = { ...clients, useQueueUrlAsEndpoint: false };
  const open = async () => new (await import('@aws-sdk/client-sqs')).SQSClient(config);
  return (reader) => sqsDeadLetters(open, url, reader);
}
