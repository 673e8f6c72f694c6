import { describe, expect, onTestFinished, test } from 'vitest';
import type { JsonValue } from '../../../src/rotation/secret-document.ts';
import { attempt } from '../../support/contract/invoke.ts';
import { buildMysql } from '../../support/mysql-system.ts';
import { onServer, verbsOf } from './support.ts';

const options = {
  host: undefined,
  port: undefined,
  hostKey: 'DB_HOST',
  portKey: 'DB_PORT',
  engineKey: 'DB_ENGINE',
};

await onServer('mysql', [], (ground) => {
  /** A rotation that is done, with the place of the database in the secret. */
  async function rotated() {
    const { host, port } = ground().server;
    const system = await buildMysql(ground(), { options });
    onTestFinished(() => system.close());
    const place = { DB_HOST: host, DB_PORT: port, DB_ENGINE: 'mysql' };
    const current = { ...system.current, ...place };
    const { create, install } = verbsOf(system);
    const next = { ...(await create()), ...place };
    await install(next, current);
    return { system, current, next };
  }

  describe('a superseded version whose place cannot be read', () => {
    test.each([
      ['another engine', { DB_ENGINE: 'postgres' }],
      ['a host that is a URL', { DB_HOST: 'mysql://db.example' }],
      ['a port that is none', { DB_PORT: 'abc' }],
      ['a user that is no text', { DB_USER: 7 }],
    ] as const)('has nothing to revoke: %s', async (_what, mistake: Record<string, JsonValue>) => {
      const { system, current, next } = await rotated();
      const lines: string[] = [];

      const { error } = await attempt(system, (rotator, call) =>
        rotator.revoke({
          ...call,
          log: { ...call.log, warn: (line) => void lines.push(line) },
          victim: { ...current, ...mistake },
          keep: next,
          newer: 'keep',
        }),
      );

      expect(error).toBeUndefined();
      expect(lines).toEqual([expect.stringContaining('left alone')]);
      expect([await system.works(current), await system.works(next)]).toEqual([true, true]);
    });

    test('is no reason to overlook that of the one to keep', async () => {
      const { system, current, next } = await rotated();

      const { error } = await attempt(system, (rotator, call) =>
        rotator.revoke({
          ...call,
          victim: current,
          keep: { ...next, DB_PORT: 'abc' },
          newer: 'keep',
        }),
      );

      expect(error?.code).toBe('KEY_UNUSABLE');
    });
  });

  test('a superseded password that no login can be made of has nothing to revoke', async () => {
    const { system, current, next } = await rotated();

    const { error } = await attempt(system, (rotator, call) =>
      rotator.revoke({
        ...call,
        victim: { ...current, DB_PASSWORD: 'no password\0' },
        keep: next,
        newer: 'keep',
      }),
    );

    expect(error).toBeUndefined();
    expect([await system.works(current), await system.works(next)]).toEqual([true, true]);
  });
});
