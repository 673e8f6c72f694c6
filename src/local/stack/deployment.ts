import * as v from 'valibot';
import { rotateSecretHandler } from '../../handlers/rotate-secret-handler.ts';
import { reconcileSecretHandler } from '../../handlers/reconcile-secret-handler.ts';
import { setVariables, type Variables } from '../../handlers/environment.ts';
import { wire } from '../../handlers/wiring.ts';
import type { Clock } from '../../rotation/clock.ts';
import type { JournalEntry } from '../../rotation/journal.ts';
import { localAccount, localRegion } from '../aws-service.ts';
import type { LocalFunction } from '../functions.ts';
import { credentialsOf } from '../iam/guard.ts';
import { deployedStack, type DeployedStack, type Parameters } from '../template/deployed-stack.ts';
import type { LocalEnvironment } from './environments.ts';
import { FunctionLogger, type LogLine } from './function-logger.ts';
import { lambdaContext } from './lambda-context.ts';

/** Any credentials will do: the stand-ins look for a signature, and do not verify it. */
export const localCredentials = { accessKeyId: 'local', secretAccessKey: 'local' };

export interface DeploymentOptions {
  readonly environment: LocalEnvironment;
  /** template.yaml as it is deployed for it. */
  readonly template: DeployedStack;
  readonly awsUrl: string;
  readonly twilioUrl: string;
  readonly clock: Clock;
  readonly onLog: (environment: LocalEnvironment, line: LogLine) => void;
  readonly onJournal: (environment: LocalEnvironment, entry: JournalEntry) => void;
  /** Told each line that CloudWatch would read metrics from. */
  readonly onMetrics: (environment: LocalEnvironment, line: string) => void;
}

/** template.yaml as it is deployed for an environment in which every key is rotated. */
export const templateOf = (
  { name, stackName, dbInstance, secretArn }: LocalEnvironment,
  grace: string,
  parameters: Parameters = {},
): DeployedStack =>
  deployedStack({
    name: stackName,
    parameters: {
      Environment: name,
      DbInstance: dbInstance,
      RotateTwilio: 'true',
      TwilioGrace: grace,
      DbGrace: grace,
      ...parameters,
    },
    known: { RotationSchedule: secretArn },
  });

const functionGlobals = v.object({
  Environment: v.object({ Variables: v.record(v.string(), v.string()) }),
});

/** What the template declares for one environment, with the local ends in place of AWS's. */
export function variablesOf({
  environment,
  template,
  awsUrl,
  twilioUrl,
}: Pick<DeploymentOptions, 'environment' | 'template' | 'awsUrl' | 'twilioUrl'>): Variables {
  const { Variables: declared } = v.parse(functionGlobals, template.functionGlobals).Environment;
  // Those for Node itself are about Lambda's own image.
  const ours = Object.entries(setVariables(declared)).filter(([name]) => !name.startsWith('NODE_'));
  return {
    ...Object.fromEntries(ours.map(([name, value = '']) => [name, value.trim()])),
    AWS_ENDPOINT_URL: awsUrl,
    AWS_REGION: localRegion,
    KEYTURN_DB_TLS: 'off',
    KEYTURN_DEAD_LETTER_URL: `${awsUrl}/${localAccount}/${environment.deadLetterQueue}`,
    KEYTURN_MINIMUM_GRACE: '0s',
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
      credentials: credentialsOf(roleOf(functionArn, environment)),
      // The journal of the stand-in tells by it which function a call came from.
      customUserAgent: userAgentOf(functionArn),
    },
    listener: { record: (entry) => onJournal(environment, entry) },
    emit: (line) => onMetrics(environment, line),
  });
}

/** The name of the role that a function runs as. */
const roleOf = (functionArn: string, { rotateArn, stackName }: LocalEnvironment) =>
  `${stackName}-${functionArn === rotateArn ? 'RotationRole' : 'ReconcileRole'}`;

/** What a function's calls carry in their user agent. */
export const userAgentOf = (functionArn: string) => functionArn.split(':').at(-1) ?? functionArn;
