import { execFile as execFileWithCallback } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { ServerName } from '../../../src/local/servers/server-folder.ts';
import type { LogInRequest } from '../../../src/rotators/database/server.ts';
import { mysqlServer } from '../../../src/rotators/mysql/mysql-server.ts';
import { createAuthority, type Authority } from '../../support/certificates.ts';
import { expectTold } from '../../support/expect-told.ts';
import { startMysqlGround, type MysqlGround } from '../../support/mysql-system.ts';
import { whereMissing } from '../../support/servers/where-missing.ts';

const execFile = promisify(execFileWithCallback);
const password = 'a-password-of-the-application';

/** How each server is told to speak no TLS, which MySQL does by itself. */
const withoutTls = { mysql: ['--tls-version='], mariadb: ['--skip-ssl'] } as const;

for (const name of ['mysql', 'mariadb'] as const) {
  const missing = await whereMissing(name);

  describe.skipIf(missing)(`over TLS, on ${name}${missing}`, () => {
    let authority: Authority;
    let folder: string;
    let sound: MysqlGround;

    beforeAll(async () => {
      authority = await createAuthority();
      folder = await mkdtemp(path.join(tmpdir(), 'keyturn-test-'));
      sound = await started('sound', { names: ['DNS:localhost'] });
    });
    afterAll(async () => {
      await sound.close();
      await rm(folder, { recursive: true });
    });

    async function started(
      title: string,
      certificate: Parameters<Authority['issue']>[0],
    ): Promise<MysqlGround> {
      const { cert, key } = await authority.issue(certificate);
      const at = (file: string) => path.join(folder, `${title}-${file}`);
      await writeFile(at('cert.pem'), cert);
      await writeFile(at('key.pem'), key);
      return withUser(name, [`--ssl-cert=${at('cert.pem')}`, `--ssl-key=${at('key.pem')}`]);
    }

    const request = (given: Partial<LogInRequest> = {}): LogInRequest => ({
      host: 'localhost',
      port: sound.server.port,
      user: 'app',
      password,
      database: '',
      tls: 'verify',
      ca: authority.cert,
      signal: new AbortController().signal,
      ...given,
    });

    const failureOf = (given: Partial<LogInRequest>) =>
      mysqlServer.logIn(request(given)).then(
        (verdict) => expect.unreachable(`there was a verdict: ${verdict}`),
        (error: unknown) => expectTold(error, { code: 'TLS_FAILED', secrets: [password] }).message,
      );

    test('judges passwords by the name in the certificate, and the authority in `ca`', async () => {
      expect(await mysqlServer.logIn(request())).toBe('accepted');
      expect(await mysqlServer.logIn(request({ password: 'wrong' }))).toBe('rejected');
    });

    test('really speaks TLS, in sessions too', async () => {
      const session = await mysqlServer.open(request());
      const rows =
        session === 'rejected' ? [] : await session.query("SHOW SESSION STATUS LIKE 'Ssl_version'");

      expect(rows).toEqual([
        expect.objectContaining({ Value: expect.stringMatching(/^TLSv1\.[23]$/) }),
      ]);
    });

    test('refuses an authority that nobody trusts', async () => {
      expect(await failureOf({ ca: undefined })).toContain('the option ca');
    });

    test('keeps trusting the authorities of Node beside `ca`', async () => {
      const other = await createAuthority();
      const file = path.join(folder, 'trusted.pem');
      await writeFile(file, authority.cert);

      expect(await verdictIn(file, request({ ca: other.cert }))).toBe('accepted');
    });

    test('refuses an address, for which the certificate could not be proven', async () => {
      expect(await failureOf({ host: '127.0.0.1' })).toContain('by a number');
    });

    test('refuses a certificate for another name', async () => {
      const ground = await started('renamed', { names: ['DNS:db.example.com'] });
      onTestFinished(() => ground.close());

      const message = await failureOf({ port: ground.server.port });

      expect(message).toContain('for other names than localhost');
    });

    test('refuses a certificate that has expired', async () => {
      const ground = await started('expired', { names: ['DNS:localhost'], days: -1 });
      onTestFinished(() => ground.close());

      expect(await failureOf({ port: ground.server.port })).toContain('not valid now');
    });

    test('refuses a server without TLS, and speaks plain text only when it is asked to', async () => {
      const ground = await withUser(name, withoutTls[name]);
      onTestFinished(() => ground.close());
      const { port } = ground.server;

      expect(await failureOf({ port })).toContain('does not speak TLS');
      expect(await mysqlServer.logIn(request({ port, tls: 'off' }))).toBe('accepted');
    });
  });
}

async function withUser(name: ServerName, args: readonly string[]): Promise<MysqlGround> {
  const ground = await startMysqlGround(name, args);
  await ground.run(`CREATE USER app@'%' IDENTIFIED BY ?`, [password]);
  return ground;
}

/** The verdict in a process that trusts one more authority. */
async function verdictIn(authority: string, { signal: _signal, ...request }: LogInRequest) {
  const module = path.resolve('src/rotators/mysql/mysql-server.ts');
  const script = `
    const { mysqlServer } = await import(${JSON.stringify(module)});
    const request = { ...${JSON.stringify(request)}, signal: AbortSignal.timeout(10_000) };
    console.log(await mysqlServer.logIn(request).catch(({ code }) => code));`;
  const { stdout } = await execFile(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: authority },
  });
  return stdout.trim();
}
