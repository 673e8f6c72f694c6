import {
  databaseGrace,
  isOne,
  literal,
  tls,
  twilioGrace,
  variables,
  verify,
  type Env,
  type Expression,
  type Literal,
} from './expressions.ts';
import type { Answers } from './parameters.ts';

/** What `--rotate` says of one key. */
export interface Rotation {
  readonly key: string;
  readonly rotator: string;
  readonly options: Readonly<Record<string, Literal>>;
}

/** A key as rotation.config.ts is to have it. */
export interface Entry {
  readonly key: string;
  /** When it is rotated; absent: always. */
  readonly when?: Expression;
  readonly fields: readonly (readonly [name: string, Expression])[];
}

/** The parameter of the template that says what an option of the one database says. */
const parameterOf: Readonly<Record<string, string>> = {
  instance: 'DbInstance',
  cluster: 'DbCluster',
  host: 'DbHost',
  port: 'DbPort',
  database: 'DbName',
  user: 'DbUser',
  users: 'DbUsers',
  passwords: 'DbPasswords',
  adminSecret: 'DbAdminSecretArn',
};

const databaseKinds: ReadonlySet<string> = new Set([
  'rds-master-password',
  'postgres-password',
  'postgres-alternating',
  'mysql-password',
]);

/** The database that the template knows; others stand in rotation.config.ts alone. */
const databaseOf = (rotations: readonly Rotation[]) =>
  rotations.find(({ rotator }) => databaseKinds.has(rotator));

/** The parameters that go with the rotations, so that the template grants what those need. */
export function answersFor(rotations: readonly Rotation[]): Answers {
  const database = databaseOf(rotations);
  const options = Object.entries(database?.options ?? {}).flatMap(([name, value]) => {
    const parameter = parameterOf[name];
    return parameter === undefined ? [] : [[parameter, [value].flat().join(',')]];
  });
  const has = (kind: string) => rotations.some(({ rotator }) => rotator === kind);
  return {
    ...(database && { DbRotator: database.rotator }),
    ...Object.fromEntries(options),
    ...(has('twilio-auth-token') && { RotateTwilio: 'true' }),
    ...(has('twilio-api-key') && { RotateTwilioApiKey: 'true' }),
  };
}

/** The entries of rotation.config.ts: what a parameter says is read from its variable. */
export function entriesFor(rotations: readonly Rotation[], answers: Answers): readonly Entry[] {
  const database = databaseOf(rotations);
  return rotations.map((rotation) => {
    const { key, rotator } = rotation;
    const name = ['rotator', literal(rotator)] as const;
    if (rotation === database) {
      return {
        key,
        when: onlyWith(rotator),
        fields: [name, ...fieldsOfDatabase(rotation, answers)],
      };
    }
    const own = Object.entries(rotation.options).map(
      ([option, value]) => [option, literal(value)] as const,
    );
    const switched = switches[rotator];
    if (switched === undefined) return { key, fields: [name, ...own] };
    const hasGrace = 'grace' in rotation.options;
    return {
      key,
      when: isOne(switched, 'true'),
      fields: [name, ...own, ...(hasGrace ? [] : [twilioGrace])],
    };
  });
}

/** The same as a function of the variables, as the functions call it. */
export const configureBy =
  (secret: string, entries: readonly Entry[]) =>
  (env: Env): unknown => {
    const keys = entries
      .filter(({ when }) => when === undefined || when.value(env))
      .map(({ key, fields }) => [
        key,
        Object.fromEntries(fields.map(([name, { value }]) => [name, value(env)])),
      ]);
    const { KEYTURN_SECRET: name = secret } = env;
    return [{ secret: name, keys: Object.fromEntries(keys) }];
  };

function fieldsOfDatabase({ rotator, options }: Rotation, answers: Answers): Entry['fields'] {
  const own = Object.entries(options).filter(([name]) => !(name in parameterOf));
  const told = Object.entries(parameterOf).filter(([, parameter]) => answers[parameter]);
  const hasOne = answers['DbPasswords'] === 'one';
  const hasGrace = rotator === 'postgres-alternating' || (rotator === 'mysql-password' && !hasOne);
  return [
    ...told.map(([name]) => [name, variables[name] ?? literal('')] as const),
    ...own.map(([name, value]) => [name, literal(value)] as const),
    ...('tls' in options ? [] : [tls]),
    ...(rotator !== 'rds-master-password' || 'verify' in options ? [] : [verify]),
    ...(!hasGrace || 'grace' in options ? [] : [databaseGrace]),
  ];
}

const switches: Readonly<Record<string, string>> = {
  'twilio-auth-token': 'KEYTURN_ROTATE_TWILIO',
  'twilio-api-key': 'KEYTURN_ROTATE_TWILIO_API_KEY',
};

/** A database is rotated where the stack names it as one of this kind. */
const onlyWith = (rotator: string): Expression =>
  rotator === 'rds-master-password'
    ? {
        code: 'Boolean(env.KEYTURN_DB_INSTANCE || env.KEYTURN_DB_CLUSTER)',
        value: ({ KEYTURN_DB_INSTANCE: instance, KEYTURN_DB_CLUSTER: cluster }) =>
          Boolean(instance || cluster),
      }
    : isOne('KEYTURN_DB_ROTATOR', rotator);
