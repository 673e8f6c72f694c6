import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../src/rotation/secret-document.ts';
import {
  type AlternatingGround,
  buildAlternating,
  startAlternatingGround,
} from '../../support/alternating-system.ts';
import { anyVersion, stillPending } from '../../support/calling.ts';
import { attempt, must } from '../../support/contract/invoke.ts';

let ground: AlternatingGround;

beforeAll(async () => {
  ground = await startAlternatingGround();
});
afterAll(() => ground.close());

const options = {
  host: undefined,
  port: undefined,
  hostKey: 'DB_HOST',
  portKey: 'DB_PORT',
  engineKey: 'DB_ENGINE',
};

const superseded = async () => undefined;

/** A rotation that is done, with the place of the database in the secret. */
async function rotated() {
  const system = await buildAlternating(ground, { options });
  const { host, port } = ground.postgres;
  const current = { ...system.current, DB_HOST: host, DB_PORT: port, DB_ENGINE: 'postgres' };
  const next = await must(system, async (rotator, call) => {
    const made = await rotator.create({ ...call, current, superseded, version: anyVersion });
    await rotator.install({ ...call, next: { ...current, ...made }, current, stillPending });
    return { ...current, ...made };
  });
  return { system, current, next };
}

describe('a superseded version whose role or place cannot be read', () => {
  test.each([
    ['another engine', { DB_ENGINE: 'mysql' }],
    ['a host that is a URL', { DB_HOST: 'postgres://db.example' }],
    ['a port that is none', { DB_PORT: 'abc' }],
    ['a password that no login can be made of', { DB_PASSWORD: 'no password\0' }],
  ] as const)('has nothing to revoke: %s', async (_what, mistake: Record<string, JsonValue>) => {
    const { system, current, next } = await rotated();

    const { error } = await attempt(system, (rotator, call) =>
      rotator.revoke({ ...call, victim: { ...current, ...mistake }, keep: next, newer: 'keep' }),
    );

    expect(error).toBeUndefined();
    expect([await system.works(current), await system.works(next)]).toEqual([true, true]);
    await system.close();
  });

  test('is no reason to overlook that of the one to keep', async () => {
    const { system, current, next } = await rotated();
    const keep = { ...next, DB_PORT: 'abc' };

    const { error } = await attempt(system, (rotator, call) =>
      rotator.revoke({ ...call, victim: current, keep, newer: 'keep' }),
    );

    expect(error?.code).toBe('KEY_UNUSABLE');
    await system.close();
  });
});
