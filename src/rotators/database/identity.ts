import type { ConnectionOptions } from './connection-options.ts';

interface Account {
  /** What the engine calls it, such as `PostgreSQL role`. */
  readonly title: string;
  readonly user: string | undefined;
  readonly userKey?: string | undefined;
}

/**
 * The password of one user of one server, in words that are the same for whoever configures the
 * same. What RDS, or a key of the secret, is to say stands in them by its name.
 */
export const passwordOf = (
  { title, user, userKey }: Account,
  at: ConnectionOptions,
  enginePort: number,
): string =>
  `the password of the ${title} ${user ?? `under ${userKey}`} at ${serverOf(at, enginePort)}`;

function serverOf(at: ConnectionOptions, enginePort: number): string {
  // RDS takes identifiers in any case, and each of them has one port.
  if (at.instance !== undefined) return `the instance ${at.instance.toLowerCase()}`;
  if (at.cluster !== undefined) return `the cluster ${at.cluster.toLowerCase()}`;
  const host = at.host?.toLowerCase().replace(/\.$/, '');
  const port = at.port ?? enginePort;
  if (at.portKey !== undefined) return `${host ?? hostUnder(at)}, the port under ${at.portKey}`;
  return host === undefined ? `${hostUnder(at)}, port ${port}` : `${host}:${port}`;
}

const hostUnder = ({ hostKey }: ConnectionOptions) => `the host under ${hostKey}`;
