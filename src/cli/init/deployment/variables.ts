import type { Variables } from '../../../handlers/environment.ts';
import type { Answers } from './parameters.ts';

/** Which variable of the functions holds which parameter. */
const variableOf = {
  DbAdminSecretArn: 'KEYTURN_DB_ADMIN_SECRET',
  DbCluster: 'KEYTURN_DB_CLUSTER',
  DbGrace: 'KEYTURN_DB_GRACE',
  DbHost: 'KEYTURN_DB_HOST',
  DbInstance: 'KEYTURN_DB_INSTANCE',
  DbName: 'KEYTURN_DB_NAME',
  DbPasswords: 'KEYTURN_DB_PASSWORDS',
  DbPort: 'KEYTURN_DB_PORT',
  DbRotator: 'KEYTURN_DB_ROTATOR',
  DbUser: 'KEYTURN_DB_USER',
  DbUsers: 'KEYTURN_DB_USERS',
  RotateTwilio: 'KEYTURN_ROTATE_TWILIO',
  RotateTwilioApiKey: 'KEYTURN_ROTATE_TWILIO_API_KEY',
  Schedule: 'KEYTURN_SCHEDULE',
  ScheduleDuration: 'KEYTURN_SCHEDULE_DURATION',
  TwilioGrace: 'KEYTURN_TWILIO_GRACE',
} as const;

/** The defaults of template.yaml, for those of them that are not empty. */
const defaults: Answers = {
  DbGrace: '12h',
  DbPasswords: 'two',
  DbRotator: 'rds-master-password',
  RotateTwilio: 'false',
  RotateTwilioApiKey: 'false',
  Schedule: 'cron(0 3 1 * ? *)',
  ScheduleDuration: '3h',
  TwilioGrace: '1h',
};

/**
 * The variables of the functions that a configuration goes by, as template.yaml sets them for these
 * answers; what the stack names by itself stands as `-`.
 */
export function variablesOf(answers: Answers): Variables {
  const all: Answers = { ...defaults, ...answers };
  const own = Object.entries(variableOf).map(([name, variable]) => [variable, all[name] ?? '']);
  const booked = books(all) ? '-' : '';
  return {
    ...Object.fromEntries(own),
    KEYTURN_GRANTS: grantsOf(all).join(' '),
    KEYTURN_RECONCILE_ARN: '-',
    KEYTURN_SCHEDULE_GROUP: booked,
    KEYTURN_SCHEDULER_ROLE_ARN: booked,
    KEYTURN_SECRET: all['SecretName'] || `reminder-app/${all['Environment'] ?? ''}`,
  };
}

/** Those that the configuration finds set; for a plan of keys that does not know the rest yet. */
export const answeredVariables = (answers: Answers): Variables =>
  Object.fromEntries(
    Object.entries(variableOf).flatMap(([name, variable]) =>
      answers[name] ? [[variable, answers[name]]] : [],
    ),
  );

function grantsOf(answers: Answers): readonly string[] {
  const { DbInstance: instance, DbCluster: cluster, DbAdminSecretArn: admin } = answers;
  const rds = answers['DbRotator'] === 'rds-master-password' ? 'rds' : 'rds-endpoint';
  return [
    ...(instance ? [`${rds}:instance/${instance}`] : []),
    ...(cluster ? [`${rds}:cluster/${cluster}`] : []),
    ...(admin ? [`secret:${admin}`] : []),
  ];
}

const books = ({ DbInstance: instance, DbCluster: cluster, ...others }: Answers) =>
  Boolean(instance || cluster) ||
  others['DbRotator'] !== 'rds-master-password' ||
  others['RotateTwilio'] === 'true' ||
  others['RotateTwilioApiKey'] === 'true';
