/** What template.yaml takes for one of its parameters; an empty text where `pattern` allows it. */
export type Accepts =
  | { readonly pattern: RegExp; readonly what: string }
  | { readonly values: readonly string[] }
  | { readonly from: number; readonly to: number };

const grace: Accepts = {
  pattern: /([2-9]|[1-9][0-9]|[1-6][0-9]{2}|7[01][0-9]|720)m|([1-9]|1[0-2])h/,
  what: 'minutes or hours, from 2m to 12h',
};
const kmsKey: Accepts = {
  pattern: /(arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key\/[A-Za-z0-9-]+)?/,
  what: 'the ARN of a key, and not of an alias',
};
const database: Accepts = {
  pattern: /([a-z][a-z0-9-]{0,62})?/,
  what: 'the identifier of a database of RDS, in small letters, digits and -',
};
const ids: Accepts = {
  pattern: /([a-z]+-[0-9a-z]+(,[a-z]+-[0-9a-z]+)*)?/,
  what: 'identifiers with a comma between them and no space',
};
const yesOrNo: Accepts = { values: ['true', 'false'] };
const word = (longest: number): Accepts => ({
  pattern: new RegExp(`\\S{0,${longest}}`),
  what: `a name of at most ${longest} characters, without spaces`,
});

/**
 * The parameters of template.yaml and what each takes, as CloudFormation judges it; for lists a
 * little stricter. A copy: the installed command has no template beside it.
 */
export const templateParameters: Readonly<Record<string, Accepts>> = {
  Environment: { values: ['development', 'testing', 'production'] },
  SecretName: { pattern: /[A-Za-z0-9/_+=.@-]{0,512}/, what: 'the name of a secret' },
  KmsKeyArn: kmsKey,
  RotateTwilio: yesOrNo,
  RotateTwilioApiKey: yesOrNo,
  TwilioGrace: grace,
  DbRotator: {
    values: ['rds-master-password', 'postgres-password', 'postgres-alternating', 'mysql-password'],
  },
  DbInstance: database,
  DbCluster: database,
  DbHost: { pattern: /[A-Za-z0-9.-]{0,253}/, what: 'the name of a host' },
  DbPort: {
    pattern:
      /([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])?/,
    what: 'a port from 1 to 65535',
  },
  DbName: word(64),
  DbUser: word(63),
  DbUsers: {
    pattern: /([^\s,]{1,63},[^\s,]{1,63})?/,
    what: 'two names with a comma between them and no space',
  },
  DbPasswords: { values: ['two', 'one'] },
  DbGrace: grace,
  DbAdminSecretArn: {
    pattern:
      /(arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@!-]+-[A-Za-z0-9]{6})?/,
    what: 'the ARN of a secret, with the six characters that end it',
  },
  DbAdminKmsKeyArn: kmsKey,
  Schedule: {
    pattern: /cron\(0 ([01]?[0-9]|2[0-3]) \S+ \S+ \S+ \*\)/,
    what: 'like cron(0 3 1 * ? *), with one hour from 0 to 23',
  },
  ScheduleDuration: { pattern: /([1-9]|1[01])h/, what: 'from 1h to 11h' },
  SubnetIds: ids,
  SecurityGroupIds: ids,
  EndpointsVpcId: { pattern: /(vpc-[0-9a-f]+)?/, what: 'the id of a VPC' },
  EndpointsVpcCidr: {
    pattern: /(\d{1,3}(\.\d{1,3}){3}\/\d{1,2})?/,
    what: 'a range of addresses such as 10.0.0.0/16',
  },
  FunctionTimeout: { from: 240, to: 900 },
  LogRetentionDays: {
    values: '1 3 5 7 14 30 60 90 120 150 180 365 400 545 731 1096 1827 3653'.split(' '),
  },
  Architecture: { values: ['arm64', 'x86_64'] },
  Alarms: yesOrNo,
  AlarmTopicArn: {
    pattern: /(arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256})?/,
    what: 'the ARN of a topic',
  },
  AlarmEmail: { pattern: /([^@\s]+@[^@\s]+)?/, what: 'an address of e-mail' },
  ServiceEvents: yesOrNo,
  Dashboard: yesOrNo,
  RedeployStateMachineArn: {
    pattern: /(arn:[a-z-]+:states:[a-z0-9-]+:[0-9]{12}:stateMachine:[A-Za-z0-9_-]{1,80})?/,
    what: 'the ARN of a state machine',
  },
};

/** Answers to the template's parameters, by their names. None is secret. */
export type Answers = Readonly<Record<string, string>>;

/** What is wrong with an answer, as it follows its name; `undefined` takes it. */
export function problemWith(name: string, answer: string): string | undefined {
  const accepts = Object.hasOwn(templateParameters, name) ? templateParameters[name] : undefined;
  if (accepts === undefined) return 'is no parameter of template.yaml';
  if ('values' in accepts) {
    return accepts.values.includes(answer)
      ? undefined
      : `must be one of ${accepts.values.join(', ')}`;
  }
  if ('from' in accepts) {
    const isWithin = /^\d+$/.test(answer) && +answer >= accepts.from && +answer <= accepts.to;
    return isWithin ? undefined : `must be a number from ${accepts.from} to ${accepts.to}`;
  }
  if (!new RegExp(`^(?:${accepts.pattern.source})$`).test(answer)) {
    return `must be ${accepts.what}`;
  }
  return unwritable.test(answer)
    ? 'must not hold quotes, backslashes or the word ParameterKey: the SAM CLI would read it otherwise. Leave ' +
        'it out here, and set it in the console'
    : undefined;
}

/** What the SAM CLI's own parser of parameters does not give back as it was written. */
const unwritable = /["'\\]|ParameterKey=/;
