import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Credential } from '../../../src/rotation/rotator.ts';
import { textOf } from '../../../src/rotators/credential-text.ts';
import { stillPending } from '../../support/calling.ts';
import { attempt } from '../../support/contract/invoke.ts';
import { inSystem } from '../../support/contract/test-of.ts';
import {
  buildMysql,
  type MysqlGround,
  type MysqlRequest,
  type MysqlSystem,
} from '../../support/mysql-system.ts';
import { onServer, verbsOf } from './support.ts';

const everyLog = [
  '--general-log',
  '--slow-query-log',
  '--long-query-time=0',
  '--log-error-verbosity=3',
];

/** As a server is set up that other servers follow. */
const followed = ['--log-bin', '--server-id=1'];

const shapes: readonly [string, MysqlRequest][] = [
  ['two passwords, by an administrator', { passwords: 'two', byAdmin: true }],
  ['one password, by itself', { passwords: 'one' }],
  ['one password, by an administrator', { passwords: 'one', byAdmin: true }],
];

/** The statements of sessions that have ended, too. */
const history = ['--performance-schema-consumer-events-statements-history-long=ON'];

await onServer('mysql', [...everyLog, ...followed, ...history], (ground) => {
  test.each([['two passwords, by itself', { passwords: 'two' }] as const, ...shapes])(
    'no password is in a log: %s',
    async (_, request) => {
      expect(await logsOf(ground(), request)).toEqual(written);
    },
  );

  test('no password is in what the server keeps of its statements (F-17)', async () => {
    const passwords = await lead(ground(), { passwords: 'two' });

    const kept = JSON.stringify([
      await ground().run('SELECT * FROM performance_schema.events_statements_history_long'),
      await ground().run('SELECT * FROM performance_schema.events_statements_history'),
      await ground().run('SELECT * FROM performance_schema.events_statements_summary_by_digest'),
    ]);

    expect(kept).toContain('IDENTIFIED BY <secret> RETAIN CURRENT PASSWORD');
    for (const password of passwords) expect(kept).not.toContain(password);
  });
});

const mariadbLogs = [
  '--general-log',
  '--slow-query-log',
  '--long-query-time=0',
  '--log-warnings=9',
];

await onServer('mariadb', [...mariadbLogs, ...followed], (ground) => {
  test.each(shapes)('no password is in a log: %s', async (_, request) => {
    expect(await logsOf(ground(), request)).toEqual(written);
  });
});

/** The names of the logs, and of those among them that hold a password. */
async function logsOf(ground: MysqlGround, request: MysqlRequest) {
  const passwords = await lead(ground, request);
  const files = await writtenBy(ground);
  return {
    names: files.map(({ name }) => name),
    telling: files.filter(({ text }) => passwords.some((password) => text.includes(password))),
    changes: files.some(({ text }) => /ALTER USER/.test(text)),
  };
}

const written = {
  names: expect.arrayContaining([
    'general.log',
    'server.log',
    expect.stringMatching(/-slow\.log$/),
    expect.stringMatching(/bin\.\d+$/),
  ]),
  telling: [],
  changes: true,
};

/** A rotator's whole life, with what goes wrong in it; answers all passwords that came up. */
async function lead(ground: MysqlGround, request: MysqlRequest): Promise<readonly string[]> {
  const passwords: string[] = [];
  const failing = async (system: MysqlSystem, next: Credential) => {
    passwords.push(passwordOf(next));
    for (const from of [system.current, system.wrong]) await everyVerb(system, next, from);
  };
  await inSystem(
    { build: () => buildMysql(ground, request), sick: {} },
    async (system: MysqlSystem) => {
      const { check, create, install, switchTo, revoke } = verbsOf(system);
      const next = await create();
      passwords.push(
        ...[system.current, next, system.wrong].map(passwordOf),
        system.admin.password,
      );
      await check();
      await install(next);
      await switchTo(next, system.current);
      await revoke(system.current, next);
      await switchTo(system.current, next);
      await failing(system, await create());
      await ground.run(`REVOKE ALL, GRANT OPTION FROM ?@'%'`, [system.user]);
      await ground.run(`REVOKE ALL, GRANT OPTION FROM ?@'%'`, [system.admin.username]);
      await failing(system, await create());
      await ground.run(`SET GLOBAL read_only = ON`);
      await failing(system, await create());
      await ground.run(`SET GLOBAL read_only = OFF`);
    },
  );
  return passwords;
}

/** Whatever comes of it. */
async function everyVerb(system: MysqlSystem, next: Credential, from: Credential): Promise<void> {
  await attempt(system, (rotator, call) => rotator.check({ ...call, current: from }));
  await attempt(system, (rotator, call) =>
    rotator.install({ ...call, next, current: from, stillPending }),
  );
  await attempt(system, async (rotator, call) => rotator.switch?.({ ...call, to: next, from }));
  await attempt(system, (rotator, call) =>
    rotator.revoke({ ...call, victim: from, keep: next, newer: 'keep' }),
  );
}

const passwordOf = (credential: Credential) => textOf(credential, 'DB_PASSWORD');

/** Every log of the server, the binary ones too. */
async function writtenBy({ server }: MysqlGround) {
  const folder = path.dirname(server.logPath);
  const names = await readdir(folder, { recursive: true });
  const logs = names.filter((name) => /\.log$|bin\.\d+$/.test(name));
  return Promise.all(
    logs.map(async (name) => ({
      name: path.basename(name),
      text: await readFile(path.join(folder, name), 'latin1'),
    })),
  );
}
