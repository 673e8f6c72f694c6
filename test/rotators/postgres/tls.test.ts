import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Postgres, startPostgres } from '../../../src/local/postgres/start-postgres.ts';
import type { ErrorCode } from '../../../src/rotation/errors.ts';
import { type LogInRequest, withSession } from '../../../src/rotators/database/server.ts';
import { postgresServer } from '../../../src/rotators/postgres/postgres-server.ts';
import { type Authority, createAuthority } from '../../support/certificates.ts';
import { expectTold } from '../../support/expect-told.ts';

const password = 'a-password-of-the-application';

let authority: Authority;
let another: Authority;
let named: Postgres;
let addressed: Postgres;
let expired: Postgres;
let plain: Postgres;

beforeAll(async () => {
  [authority, another] = await Promise.all([createAuthority(), createAuthority()]);
  const issue = (name: string, days?: number) =>
    authority.issue({ names: [name], ...(days !== undefined && { days }) });
  [named, addressed, expired, plain] = await Promise.all([
    serverWith({ tls: await issue('DNS:localhost') }),
    serverWith({ tls: await issue('IP:127.0.0.1') }),
    serverWith({ tls: await issue('DNS:localhost', -1) }),
    serverWith({}),
  ]);
});
afterAll(() => Promise.all([named, addressed, expired, plain].map((server) => server.stop())));

async function serverWith(options: Parameters<typeof startPostgres>[0]): Promise<Postgres> {
  const server = await startPostgres(options);
  await server.createRole({ name: 'app', password });
  return server;
}

const requestTo = ({ port }: Postgres, request: Partial<LogInRequest> = {}): LogInRequest => ({
  host: 'localhost',
  port,
  user: 'app',
  password,
  database: 'postgres',
  tls: 'verify',
  ca: authority.cert,
  signal: new AbortController().signal,
  ...request,
});

const failureOf = (request: LogInRequest, code: ErrorCode) =>
  postgresServer.logIn(request).then(
    (verdict) => expect.unreachable(`there was a verdict: ${verdict}`),
    (error: unknown) => expectTold(error, { code, secrets: [password] }),
  );

/** In the server's own words. */
async function isEncrypted(request: LogInRequest): Promise<unknown> {
  const session = await postgresServer.open(request);
  if (session === 'rejected') throw new Error('The password is right.');
  return withSession(session, async () => {
    const text = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()';
    return (await session.query(text))[0]?.['ssl'];
  });
}

describe('over TLS, with an authority of our own', () => {
  test('a name that is in the certificate is accepted, and the session is encrypted', async () => {
    expect(await isEncrypted(requestTo(named))).toBe(true);
  });

  test('a wrong password is rejected', async () => {
    expect(await postgresServer.logIn(requestTo(named, { password: 'wrong' }))).toBe('rejected');
  });

  test('an address that is in the certificate is accepted', async () => {
    expect(await postgresServer.logIn(requestTo(addressed, { host: '127.0.0.1' }))).toBe(
      'accepted',
    );
  });

  test.each([
    ['an address, with a certificate for a name', () => requestTo(named, { host: '127.0.0.1' })],
    ['a name, with a certificate for an address', () => requestTo(addressed)],
  ])('a server called by %s is not trusted', async (_, request) => {
    const { message } = await failureOf(request(), 'TLS_FAILED');

    expect(message).toContain(`other names than ${request().host}`);
    expect(message).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  test('a certificate that has expired is not trusted', async () => {
    const { message } = await failureOf(requestTo(expired), 'TLS_FAILED');

    expect(message).toContain(`localhost:${expired.port} has a certificate that is not valid now`);
    expect(message).toContain('CERT_HAS_EXPIRED');
  });

  test.each<[string, () => string | undefined]>([
    ['no authority is named', () => undefined],
    ['another one is named', () => another.cert],
  ])('an authority is not trusted where %s', async (_, ca) => {
    const { message } = await failureOf(requestTo(named, { ca: ca() }), 'TLS_FAILED');

    expect(message).toContain('an authority that is not trusted here');
    expect(message).toContain('the option ca');
    expect(message).toContain('NODE_EXTRA_CA_CERTS');
  });

  test('an authority that is no certificate is not used', async () => {
    const { message } = await failureOf(requestTo(named, { ca: 'none' }), 'TLS_FAILED');

    expect(message).toContain('the option ca');
  });

  test('several authorities may be named in one text', async () => {
    const ca = `${another.cert}\n${authority.cert}`;

    expect(await postgresServer.logIn(requestTo(named, { ca }))).toBe('accepted');
  });
});

describe('a server without TLS', () => {
  test('is sent nothing, and named', async () => {
    const { message } = await failureOf(requestTo(plain), 'TLS_FAILED');

    expect(message).toContain(`localhost:${plain.port} does not speak TLS`);
    expect(message).toContain("tls: 'off'");
  });

  test('is spoken to in plain text when that is asked for', async () => {
    expect(await postgresServer.logIn(requestTo(plain, { tls: 'off' }))).toBe('accepted');
  });
});

test('a server with TLS is spoken to in plain text only when that is asked for', async () => {
  expect(await isEncrypted(requestTo(named, { tls: 'off' }))).toBe(false);
});
