import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { fresh, type Names, useAlternatingRig } from './init-alternating-rig.ts';
import { refusing } from './local-secrets.ts';
import { runKeyturn } from './run-keyturn.ts';

const { actsAs, argsFor, postgres, refusal, rolesOf, secrets, setUp, store } = useAlternatingRig();

describe('when the secret cannot be stored', () => {
  test.each(['CreateSecret', 'PutSecretValue', 'UpdateSecretVersionStage'])(
    'says so, and the next run goes on from there (%s)',
    async (refused) => {
      const names = fresh();
      if (refused !== 'CreateSecret') await store(names.secret, { KEPT: 'it is' });
      const before = refused === 'CreateSecret' ? undefined : secrets().valueOf(names.secret);
      secrets().interference.before = (operation) =>
        operation === refused ? refusing('AccessDeniedException') : undefined;

      const first = await setUp(names);
      const kept = secrets().isThere(names.secret) ? secrets().valueOf(names.secret) : undefined;
      secrets().calm();
      const second = await setUp(names, '--json');

      expect(first.exitCode).toBe(1);
      expect(first.stderr).toMatch(/stored nowhere.*\[ACCESS_DENIED\]/s);
      expect(kept).toBe(before);
      expect(JSON.parse(second.stdout)).toMatchObject({ outcome: 'resumed' });
      expect(await actsAs(names.secret)).toBe(names.owner);
    },
  );

  test.each([
    ['in another region', [], { AWS_REGION: 'eu-west-1' }],
    ['for other keys', ['--user-key', 'PGUSER', '--password-key', 'PGPASSWORD'], {}],
  ])('it is gone on with for the same keys of the same secret, not %s', async (_, more, env) => {
    const names = fresh();
    secrets().interference.before = (operation) =>
      operation === 'CreateSecret' ? refusing('AccessDeniedException') : undefined;
    await setUp(names);
    secrets().calm();
    const before = await rolesOf(names);

    const args = ['init', 'postgres-alternating', ...argsFor(names), ...more];
    const { stderr } = await runKeyturn({ ...secrets(), env }, ...args);

    expect(stderr).toContain('[ROLE_EXISTS]');
    expect(await rolesOf(names)).toEqual(before);
  });

  test('since somebody else changed it, what they stored stays', async () => {
    const names = fresh();
    await store(names.secret, { KEPT: 'it is' });
    secrets().interference.before = (operation, body) => {
      const moves = operation === 'UpdateSecretVersionStage' && body.includes('AWSCURRENT');
      return moves ? refusing('InvalidParameterException') : undefined;
    };

    const { stderr } = await setUp(names);

    expect(stderr).toContain('[CURRENT_CHANGED]');
    expect(secrets().valueOf(names.secret)).toBe('{"KEPT":"it is"}');
  });

  test('with an answer that gets lost, what was stored counts', async () => {
    const names = fresh();
    await store(names.secret, { KEPT: 'it is' });
    let lost = 0;
    secrets().interference.after = (operation) =>
      operation === 'UpdateSecretVersionStage' && (lost += 1) === 1
        ? refusing('InternalServiceError', '', 500)
        : undefined;

    const { exitCode } = await setUp(names);

    expect(exitCode).toBe(0);
    expect(await actsAs(names.secret)).toBe(names.owner);
  });
});

const noted = async (names: Names) => {
  const [first] = await rolesOf(names);
  return first?.['note'];
};

/** A run whose administrator may not change the first role any more by the time that it is published. */
const running = async (names: Names) => {
  const gate = Promise.withResolvers<undefined>();
  const held = secrets().held();
  secrets().interference.after = (operation) => {
    if (operation === 'GetSecretValue') secrets().interference.until = gate.promise;
    return undefined;
  };
  const run = setUp(names);
  await expect.poll(() => secrets().held(), { timeout: 20_000 }).toBeGreaterThan(held);
  await postgres().query(`ALTER ROLE ${names.a} SUPERUSER`);
  gate.resolve(undefined);
  const outcome = await run;
  secrets().calm();
  await postgres().query(`ALTER ROLE ${names.a} NOSUPERUSER`);
  return outcome;
};

describe('when the note on the role cannot be taken off', () => {
  test('says what to run, and the next run takes it off', async () => {
    const names = fresh();

    const { exitCode, stderr } = await running(names);
    const left = await noted(names);
    await setUp(names);

    expect(exitCode).toBe(0);
    expect(stderr).toContain(`COMMENT ON ROLE "${names.a}" IS NULL;`);
    expect(left).toContain('not stored yet');
    expect(await noted(names)).toBeNull();
  });

  test('never goes on with a password that was published', async () => {
    const names = fresh();
    await running(names);
    await secrets().client.send(
      new PutSecretValueCommand({ SecretId: names.secret, SecretString: '{"KEPT":"it is"}' }),
    );

    expect(await noted(names)).toContain('not stored yet');
    expect((await refusal(names)).code).toBe('ROLE_EXISTS');
  });
});
