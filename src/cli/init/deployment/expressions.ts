/** The variables of the functions. */
export type Env = Readonly<Record<string, string | undefined>>;

export type Literal = string | number | readonly string[];

/** A piece of rotation.config.ts: how it is written, and what it comes to. */
export interface Expression {
  readonly code: string;
  readonly value: (env: Env) => unknown;
}

export const literal = (value: Literal): Expression => ({
  code: typeof value === 'object' ? `[${value.map(quoted).join(', ')}]` : written(value),
  value: () => value,
});

const written = (value: string | number) =>
  typeof value === 'number' ? String(value) : quoted(value);

export const quoted = (text: string): string =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;

const variable = (name: string): Expression => ({ code: `env.${name}`, value: (env) => env[name] });

export const isOne = (name: string, expected: string): Expression => ({
  code: `env.${name} === ${quoted(expected)}`,
  value: (env) => env[name] === expected,
});

const either = (name: string, [one, other]: readonly [string, string]): Expression => ({
  code: `env.${name} === ${quoted(one)} ? ${quoted(one)} : ${quoted(other)}`,
  value: (env) => (env[name] === one ? one : other),
});

const orElse = (name: string, otherwise: string): Expression => ({
  code: `env.${name} ?? ${quoted(otherwise)}`,
  value: (env) => env[name] ?? otherwise,
});

/** What an option of the one database reads that a parameter says. */
export const variables: Readonly<Record<string, Expression>> = {
  instance: variable('KEYTURN_DB_INSTANCE'),
  cluster: variable('KEYTURN_DB_CLUSTER'),
  host: variable('KEYTURN_DB_HOST'),
  port: {
    code: 'env.KEYTURN_DB_PORT ? Number(env.KEYTURN_DB_PORT) : undefined',
    value: ({ KEYTURN_DB_PORT: port }) => (port ? Number(port) : undefined),
  },
  database: variable('KEYTURN_DB_NAME'),
  user: variable('KEYTURN_DB_USER'),
  users: {
    code: "(env.KEYTURN_DB_USERS ?? '').split(',')",
    value: ({ KEYTURN_DB_USERS: users = '' }) => users.split(','),
  },
  passwords: either('KEYTURN_DB_PASSWORDS', ['one', 'two']),
  adminSecret: variable('KEYTURN_DB_ADMIN_SECRET'),
};

export const tls = ['tls', either('KEYTURN_DB_TLS', ['off', 'verify'])] as const;
export const verify = ['verify', either('KEYTURN_DB_VERIFY', ['describe', 'login'])] as const;
export const databaseGrace = ['grace', orElse('KEYTURN_DB_GRACE', '12h')] as const;
export const twilioGrace = ['grace', orElse('KEYTURN_TWILIO_GRACE', '1h')] as const;
