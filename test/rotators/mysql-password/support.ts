import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { ServerName } from '../../../src/local/servers/server-folder.ts';
import type { Credential } from '../../../src/rotation/rotator.ts';
import { anyVersion, stillPending } from '../../support/calling.ts';
import type { System } from '../../support/contract/fixture.ts';
import { attempt, must } from '../../support/contract/invoke.ts';
import { startMysqlGround, type MysqlGround } from '../../support/mysql-system.ts';
import { whereMissing } from '../../support/servers/where-missing.ts';

/** A suite on one real server, skipped with its reason where the server is missing. */
export async function onServer(
  name: ServerName,
  args: readonly string[],
  suite: (ground: () => MysqlGround) => void,
): Promise<void> {
  const missing = await whereMissing(name);

  describe.skipIf(missing)(`on ${name}${missing}`, () => {
    let ground: MysqlGround | undefined;

    beforeAll(async () => {
      ground = await startMysqlGround(name, args);
    });
    afterAll(() => ground?.close());

    suite(() => ground ?? expect.unreachable('the server has not started'));
  });
}

const superseded = async () => undefined;

/** The verbs that a test calls, each by a rotator of its own that must succeed. */
export const verbsOf = (system: System) => ({
  check: (current = system.current) =>
    must(system, (rotator, call) => rotator.check({ ...call, current })),

  create: async (): Promise<Credential> => {
    const { current } = system;
    return must(system, async (rotator, call) => ({
      ...current,
      ...(await rotator.create({ ...call, current, superseded, version: anyVersion })),
    }));
  },

  install: (next: Credential, current = system.current) =>
    must(system, (rotator, call) => rotator.install({ ...call, next, current, stillPending })),

  switchTo: (to: Credential, from: Credential) =>
    must(system, async (rotator, call) => rotator.switch?.({ ...call, to, from })),

  revoke: (victim: Credential, keep: Credential) =>
    must(system, (rotator, call) => rotator.revoke({ ...call, victim, keep, newer: 'keep' })),
});

/** The error with which `check` refuses. */
export async function refusalOf(system: System, current = system.current) {
  const { error } = await attempt(system, (rotator, call) => rotator.check({ ...call, current }));
  return error ?? expect.unreachable('check refused nothing');
}
