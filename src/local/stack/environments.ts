import { localAccount, localRegion } from '../aws-service.ts';

export type EnvironmentName = 'production' | 'development';

/** The names of what one environment of the Reminder App consists of. */
export interface LocalEnvironment {
  readonly name: EnvironmentName;
  readonly secretName: string;
  /** Fixed, so that the sample events can name the ARN. */
  readonly arnSuffix: string;
  readonly secretArn: string;
  readonly dbInstance: string;
  readonly dbUser: string;
  readonly dbName: string;
  readonly rotateArn: string;
  readonly reconcileArn: string;
  readonly deadLetterQueue: string;
  readonly deadLetterArn: string;
}

export const scheduleGroup = 'keyturn';

const functionArn = (name: string) =>
  `arn:aws:lambda:${localRegion}:${localAccount}:function:${name}`;

function environment(name: EnvironmentName, dbUser: string): LocalEnvironment {
  const secretName = `reminder-app/${name}`;
  const arnSuffix = 'KeyTrn';
  const deadLetterQueue = `keyturn-${name}-dead-letters`;
  return {
    name,
    secretName,
    arnSuffix,
    secretArn: `arn:aws:secretsmanager:${localRegion}:${localAccount}:secret:${secretName}-${arnSuffix}`,
    dbInstance: `reminder-app-${name}`,
    dbUser,
    dbName: `reminder_app_${name}`,
    rotateArn: functionArn(`keyturn-${name}-rotate`),
    reconcileArn: functionArn(`keyturn-${name}-reconcile`),
    deadLetterQueue,
    deadLetterArn: `arn:aws:sqs:${localRegion}:${localAccount}:${deadLetterQueue}`,
  };
}

export const production = environment('production', 'reminder_app');
export const development = environment('development', 'reminder_app_development');
