import { rotateSecretHandler } from '../../handlers/rotate-secret-handler.ts';
import { reconcileSecretHandler } from '../../handlers/reconcile-secret-handler.ts';
import type { Variables } from '../../handlers/environment.ts';
import { wire } from '../../handlers/wiring.ts';
import type { Clock } from '../../rotation/clock.ts';
import type { JournalEntry } from '../../rotation/journal.ts';
import { localAccount, localRegion } from '../aws-service.ts';
import type { LocalFunction } from '../functions.ts';
import { scheduleGroup, type LocalEnvironment } from './environments.ts';
import { FunctionLogger, type LogLine } from './function-logger.ts';
import { lambdaContext } from './lambda-context.ts';

/** Any credentials will do: the stand-ins look for a signature, and do not verify it. */
export const localCredentials = { accessKeyId: 'local', secretAccessKey: 'local' };

export interface DeploymentOptions {
  readonly environment: LocalEnvironment;
  readonly awsUrl: string;
  readonly twilioUrl: string;
  readonly clock: Clock;
  /** How long a superseded Twilio token lives on, such as `60s`. */
  readonly grace: string;
  readonly onLog: (environment: LocalEnvironment, line: LogLine) => void;
  readonly onJournal: (environment: LocalEnvironment, entry: JournalEntry) => void;
  /** Told each line that CloudWatch would read metrics from. */
  readonly onMetrics: (environment: LocalEnvironment, line: string) => void;
}

/** What the template declares for one environment, with the local ends in place of AWS's. */
export function variablesOf({
  environment,
  awsUrl,
  twilioUrl,
  grace,
}: Pick<DeploymentOptions, 'environment' | 'awsUrl' | 'twilioUrl' | 'grace'>): Variables {
  return {
    AWS_ENDPOINT_URL: awsUrl,
    AWS_REGION: localRegion,
    KEYTURN_SECRET: environment.secretName,
    KEYTURN_DB_INSTANCE: environment.dbInstance,
    KEYTURN_DB_TLS: 'off',
    KEYTURN_DEAD_LETTER_ARN: environment.deadLetterArn,
    KEYTURN_DEAD_LETTER_URL: `${awsUrl}/${localAccount}/${environment.deadLetterQueue}`,
    KEYTURN_GRANTS: `rds:instance/${environment.dbInstance}`,
    KEYTURN_MINIMUM_GRACE: '0s',
    KEYTURN_RECONCILE_ARN: environment.reconcileArn,
    KEYTURN_ROTATE_TWILIO: 'true',
    KEYTURN_SCHEDULE_GROUP: scheduleGroup,
    KEYTURN_SCHEDULER_ROLE_ARN: `arn:aws:iam::${localAccount}:role/keyturn-scheduler`,
    KEYTURN_TWILIO_GRACE: grace,
    TWILIO_BASE_URL: twilioUrl,
  };
}

/** The two functions of one environment, by their ARNs, in this process. */
export function deploy(options: DeploymentOptions): ReadonlyMap<string, LocalFunction> {
  const { environment } = options;
  return new Map([
    [environment.rotateArn, rotateFunction(options)],
    [environment.reconcileArn, reconcileFunction(options)],
  ]);
}

function rotateFunction(options: DeploymentOptions): LocalFunction {
  const { rotateArn } = options.environment;
  const handler = rotateSecretHandler(wiringOf(options, rotateArn));
  return async (event) => handler(event, lambdaContext(rotateArn));
}

function reconcileFunction(options: DeploymentOptions): LocalFunction {
  const { reconcileArn } = options.environment;
  const handler = reconcileSecretHandler(wiringOf(options, reconcileArn));
  return async (event) => handler(event, lambdaContext(reconcileArn));
}

function wiringOf(options: DeploymentOptions, functionArn: string) {
  const { environment, clock, awsUrl, onLog, onJournal, onMetrics } = options;
  return wire({
    variables: variablesOf(options),
    clock,
    logger: new FunctionLogger('keyturn', (line) => onLog(environment, line)),
    clientConfig: {
      endpoint: awsUrl,
      region: localRegion,
      credentials: localCredentials,
      // The journal of the stand-in tells by it which function a call came from.
      customUserAgent: userAgentOf(functionArn),
    },
    listener: { record: (entry) => onJournal(environment, entry) },
    emit: (line) => onMetrics(environment, line),
  });
}

/** What a function's calls carry in their user agent. */
export const userAgentOf = (functionArn: string) => functionArn.split(':').at(-1) ?? functionArn;
