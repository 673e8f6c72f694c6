import * as v from 'valibot';

const name = v.optional(v.pipe(v.string(), v.nonEmpty()));

/** Names as DNS has them, and addresses. What else a driver might take is no host of a server's. */
export const hostName = /^[A-Za-z0-9._:-]+$/;

/**
 * Where a database is: each fact of it is written in the configuration, or stands under a key of the
 * secret, or is RDS's to say.
 */
export const connectionEntries = {
  /** Its host name. One of `host`, `hostKey`, `instance` and `cluster` must be given. */
  host: v.optional(v.pipe(v.string(), v.regex(hostName, 'must be the name or address of a host'))),
  /** The key of the secret that holds its host name. */
  hostKey: name,
  /** Its port. Absent: the engine's own, or what RDS says. */
  port: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535))),
  /** The key that holds its port, as a number or a text. */
  portKey: name,
  /** The RDS instance whose endpoint it is. */
  instance: name,
  /** The Aurora or Multi-AZ cluster whose endpoint it is. */
  cluster: name,
  /** The database to log in to. Absent: the engine's own. */
  database: name,
  /** The key that holds the database's name. */
  databaseKey: name,
  /** `off` sends passwords in plain text: only for a database on this machine. */
  tls: v.optional(v.picklist(['verify', 'off']), 'verify'),
  /** The key that says whether TLS is used; only a false there turns it off. */
  tlsKey: name,
  /** A certificate authority of one's own, as PEM, beside those that Node trusts. */
  ca: name,
  /** The key that names the engine, which must then be of the rotator's kind. */
  engineKey: name,
};

/** The credential of an administrator, in a secret of its own. */
export const adminEntries = {
  /** The name or ARN of the secret of an administrator who may change the password. */
  adminSecret: name,
  /** The key of one's own secret, such as AWS's `masterarn`, that must name it too where it is there. */
  adminSecretKey: name,
  /** The key in the administrator's secret that holds his name. */
  adminUserKey: v.optional(v.pipe(v.string(), v.nonEmpty()), 'username'),
  /** The key in it that holds his password. */
  adminPasswordKey: v.optional(v.pipe(v.string(), v.nonEmpty()), 'password'),
};

const connection = v.object(connectionEntries);
const admin = v.object(adminEntries);

export type ConnectionOptions = v.InferOutput<typeof connection>;
export type AdminOptions = v.InferOutput<typeof admin>;

/** For a pipe behind the options of a rotator. */
export const onePlace = <T extends ConnectionOptions>() =>
  v.check<T, string>(
    ({ host, hostKey, instance, cluster }) =>
      [host, hostKey, instance, cluster].filter((each) => each !== undefined).length === 1,
    'must name the database in one way: host, hostKey, instance or cluster',
  );

/**
 * Keys of the secret that say where the database is, and who administers it. None of them is a
 * secret, or always needed.
 */
export const placeKeys = (
  options: ConnectionOptions & Pick<AdminOptions, 'adminSecretKey'>,
): readonly string[] =>
  [
    options.hostKey,
    options.portKey,
    options.databaseKey,
    options.tlsKey,
    options.engineKey,
    options.adminSecretKey,
  ].filter((key) => key !== undefined);

/** Permissions beside the secret's own, as the template words them in KEYTURN_GRANTS. */
export const connectionGrants = ({
  instance,
  cluster,
  adminSecret,
}: ConnectionOptions & Pick<AdminOptions, 'adminSecret'>): readonly string[] => [
  ...(instance === undefined ? [] : [`rds-endpoint:instance/${instance}`]),
  ...(cluster === undefined ? [] : [`rds-endpoint:cluster/${cluster}`]),
  ...(adminSecret === undefined ? [] : [`secret:${adminSecret}`]),
];
