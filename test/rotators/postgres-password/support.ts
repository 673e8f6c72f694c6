import type { Call, Credential } from '../../../src/rotation/rotator.ts';
import { stillPending } from '../../support/calling.ts';
import { attempt, must } from '../../support/contract/invoke.ts';
import { buildPostgres, type PostgresRequest } from '../../support/postgres-system.ts';
import type { Ground } from '../../support/rds-system.ts';

/** A role for one test, and the verbs on its password. */
export async function start(ground: Ground, request: PostgresRequest = {}) {
  const system = await buildPostgres(ground, request);
  const { current } = system;
  const next: Credential = { ...current, DB_PASSWORD: 'the-password-that-comes-next' };
  const warnings: string[] = [];
  const listening = (call: Call): Call => ({
    ...call,
    log: { ...call.log, warn: (line) => void warnings.push(line) },
  });

  return {
    ...system,
    next,
    warnings,
    check: (credential = current) =>
      attempt(system, (rotator, call) =>
        rotator.check({ ...listening(call), current: credential }),
      ),
    install: (to = next, from = current) =>
      attempt(system, (rotator, call) =>
        rotator.install({ ...call, next: to, current: from, stillPending }),
      ),
    change: (to = next, from = current) =>
      attempt(system, async (rotator, call) => rotator.switch?.({ ...listening(call), to, from })),
    probe: (credential: Credential) =>
      must(system, (rotator, call) => rotator.probe({ ...call, credential })),
  };
}

export type Started = Awaited<ReturnType<typeof start>>;
