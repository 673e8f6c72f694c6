import { RotationError } from '../rotation/errors.ts';
import type { LogIn, LogInRequest } from './kind.ts';

/** A login that takes longer than this, its goodbye included, counts as no answer, in ms. */
const timeoutMs = 5_000;

/** Logs in with `pg`, which is loaded on first use. */
export const logInToPostgres: LogIn = async (request) => {
  const { default: pg } = await import('pg');
  const client = new pg.Client({
    host: request.host,
    port: request.port,
    user: request.user,
    password: request.password,
    database: request.database,
    ssl: request.tls === 'verify',
  });
  // Without a listener an error on the idle connection would end the process.
  client.on('error', () => undefined);
  // `end` waits for the server to close the connection, and so for ever where it is gone.
  const cut = () => void client.connection.stream.destroy();
  const stop = AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]);
  stop.addEventListener('abort', cut, { once: true });

  try {
    if (stop.aborted) throw unreachable('', request);
    await client.connect();
    await client.end();
    return 'accepted';
  } catch (error) {
    return verdictOf(error, request);
  } finally {
    stop.removeEventListener('abort', cut);
    cut();
  }
};

/** Refusals as PostgreSQL words them; https://www.postgresql.org/docs/current/errcodes-appendix.html. */
function verdictOf(error: unknown, request: LogInRequest): 'accepted' | 'rejected' {
  const { code, routine } = fieldsOf(error);
  if (code === '28P01') return 'rejected';
  // 28000 also stands for "no entry in pg_hba.conf", which says nothing about the password.
  if (code === '28000' && routine === 'InitializeSessionUserId') return 'rejected';
  // The password is proven before the database, and the right to connect to it, are looked for.
  if (code === '3D000' || code === '42501') return 'accepted';
  throw unreachable(code, request);
}

function fieldsOf(error: unknown): { code: string; routine: string } {
  const field = (name: string) => {
    const value: unknown = error instanceof Error ? Reflect.get(error, name) : undefined;
    return typeof value === 'string' ? value : '';
  };
  return { code: field('code'), routine: field('routine') };
}

const unreachable = (code: string, { host, port, tls }: LogInRequest) =>
  new RotationError(
    'UNREACHABLE',
    `The database at ${host}:${port} gave no verdict on a login${code && ` (${code})`}. It is tried again ` +
      'by itself; if it keeps failing, look at the route and the security groups between the function ' +
      `and the database${tls === 'verify' ? ', and at the certificate authority it trusts (NODE_EXTRA_CA_CERTS)' : ''}.`,
  );
