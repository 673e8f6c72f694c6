import { afterAll, beforeAll, expect, test } from 'vitest';
import { RotationError } from '../../../src/rotation/errors.ts';
import { adminRejected } from '../../../src/rotators/database/admin.ts';
import { StatementRefused } from '../../../src/rotators/database/server.ts';
import { inside } from '../../../src/rotators/postgres-password/entrance.ts';
import { expectTold } from '../../support/expect-told.ts';
import type { PostgresRequest } from '../../support/postgres-system.ts';
import { type Ground, startGround } from '../../support/rds-system.ts';
import { start, type Started } from './support.ts';

let ground: Ground;

beforeAll(async () => {
  ground = await startGround();
});
afterAll(() => ground.close());

const unreadable: PostgresRequest = {
  readSecret: async () => {
    throw new RotationError(
      'UNREACHABLE',
      'Reading the secret of the administrator got no answer. It is tried again by itself.',
    );
  },
};

const cases: [string, PostgresRequest, (started: Started) => Promise<unknown>][] = [
  ['refused', {}, async ({ admin }) => (admin.password = 'none-that-he-ever-had')],
  ['without a name', {}, async ({ admin }) => (admin.username = '')],
  ['one whose secret cannot be read', unreadable, async () => undefined],
  [
    'kept out of the database',
    {},
    ({ admin, query }) => query(`ALTER ROLE ${admin.username} CONNECTION LIMIT 0`),
  ],
];

test.each(cases)(
  'where the administrator is %s, the role switches itself, there and back',
  async (_, request, arrange) => {
    const started = await start(ground, { byAdmin: true, ...request });
    const { change, current, next, warnings, role } = started;
    await arrange(started);

    const there = await change();
    const between = [await started.works(next), await started.works(current)];
    const back = await change(current, next);
    const again = await change(current, next);

    expect([there, back, again]).toEqual([{ result: undefined }, there, there]);
    expect(between).toEqual([true, false]);
    expect(await started.works(current)).toBe(true);
    expect(warnings).toEqual(Array(3).fill(expect.stringContaining(`the role ${role} changes`)));
  },
);

test.each(cases)(
  'where the administrator is %s, and both passwords of the role are refused, it is told of him',
  async (_, request, arrange) => {
    const started = await start(ground, { byAdmin: true, ...request });
    await arrange(started);

    const { error } = await started.change(started.next, started.wrong);

    expect(['ADMIN_REJECTED', 'ADMIN_SECRET_UNUSABLE', 'UNREACHABLE']).toContain(
      expectTold(error).code,
    );
    expect(await started.works(started.current)).toBe(true);
  },
);

test('where the role may not change itself either, it is told of the administrator', async () => {
  const { code, message } = adminRejected({
    adminSecret: 'admin',
    adminUserKey: 'username',
    adminPasswordKey: 'password',
  });
  const entered = {
    session: { query: async () => [], close: async () => undefined },
    role: 'app',
    admin: undefined,
    assertOneAccepted: async () => undefined,
    instead: new RotationError(code, message),
  };

  const refused = inside(entered, async () => {
    throw new StatementRefused('42501');
  });

  await expect(refused).rejects.toBe(entered.instead);
});

test('a check does not pass for the role instead of the administrator', async () => {
  const started = await start(ground, { byAdmin: true });
  started.admin.password = 'none-that-he-ever-had';

  const { error } = await started.check();

  expect(error?.code).toBe('ADMIN_REJECTED');
});
