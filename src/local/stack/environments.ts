import { localAccount, localRegion } from '../aws-service.ts';

export type EnvironmentName = 'production' | 'development';

/** The names of what one environment of the Reminder App consists of. */
export interface LocalEnvironment {
  readonly name: EnvironmentName;
  /** The name that template.yaml is deployed under for it. */
  readonly stackName: string;
  readonly secretName: string;
  /** Fixed, so that the sample events can name the ARN. */
  readonly arnSuffix: string;
  readonly secretArn: string;
  readonly dbInstance: string;
  readonly dbUser: string;
  readonly dbName: string;
  readonly rotateArn: string;
  readonly reconcileArn: string;
  /** The role of an application that has the template's policy for it. */
  readonly applicationRole: string;
  readonly deadLetterQueue: string;
  readonly deadLetterArn: string;
}

const functionArn = (name: string) =>
  `arn:aws:lambda:${localRegion}:${localAccount}:function:${name}`;

function environment(name: EnvironmentName, dbUser: string): LocalEnvironment {
  const secretName = `reminder-app/${name}`;
  const arnSuffix = 'KeyTrn';
  const stackName = `keyturn-${name}`;
  const deadLetterQueue = `${stackName}-DeadLetterQueue`;
  return {
    name,
    stackName,
    secretName,
    arnSuffix,
    secretArn: `arn:aws:secretsmanager:${localRegion}:${localAccount}:secret:${secretName}-${arnSuffix}`,
    dbInstance: `reminder-app-${name}`,
    dbUser,
    dbName: `reminder_app_${name}`,
    rotateArn: functionArn(`${stackName}-rotate`),
    reconcileArn: functionArn(`${stackName}-reconcile`),
    applicationRole: `${stackName}-ApplicationPolicy`,
    deadLetterQueue,
    deadLetterArn: `arn:aws:sqs:${localRegion}:${localAccount}:${deadLetterQueue}`,
  };
}

export const production = environment('production', 'reminder_app');
export const development = environment('development', 'reminder_app_development');
