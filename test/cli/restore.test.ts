import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { added, changed, gone, useBackupRig } from './backup-rig.ts';
import { refusing, sample } from './local-secrets.ts';
import { storedSecret } from './stored-secret.ts';

const { backedUp, keyturn, restore, secrets, writes } = useBackupRig();

describe('a secret that nothing rotates', () => {
  test('is left alone, since nobody can tell whether the credentials work', async () => {
    const { name, publish } = await storedSecret(secrets(), { A: changed });
    const file = await backedUp(name);
    await publish({ A: added });
    secrets().calm();

    const { exitCode, stdout } = await restore(file, '--yes', '--json');

    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ code: 'NOT_PROVEN' });
    expect(writes()).toEqual([]);
  });

  test('is restored with --unverified, byte for byte, and no label is left behind', async () => {
    const { name, publish } = await storedSecret(secrets(), { A: changed, B: '1' });
    const before = secrets().valueOf(name);
    const file = await backedUp(name);
    await publish({ A: added });

    const { stdout } = await restore(file, '--yes', '--unverified', '--json');

    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'published', keys: [] });
    expect(secrets().valueOf(name)).toBe(before);
    expect(secrets().manager.inspect(name)?.stages).toEqual(['AWSCURRENT']);
    expect(secrets().manager.inspect(name, 'AWSPREVIOUS')?.stages).toEqual(['AWSPREVIOUS']);
  });

  test('takes single keys with --only; the others stay as they are, byte for byte', async () => {
    const { name } = await storedSecret(secrets(), { A: changed, B: gone });
    const file = await backedUp(name);
    await secrets().client.send(
      new PutSecretValueCommand({ SecretId: name, SecretString: '{ "N": 1.0,  "A": "new" }' }),
    );

    await restore(file, '--yes', '--unverified', '--only', 'A');
    const missing = await restore(file, '--yes', '--unverified', '--only', 'Z');

    expect(secrets().valueOf(name)).toBe(`{ "N": 1.0,  "A": "${changed}" }`);
    expect(missing.stderr).toContain('holds no key Z');
  });

  test('is not written to where it holds that already', async () => {
    const { name } = await storedSecret(secrets(), sample);
    const file = await backedUp(name);

    const { stdout } = await restore(file, '--yes', '--unverified', '--json');

    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'unchanged' });
    expect(writes()).toEqual([]);
  });

  test('is not made anew for a lost answer: one version comes of the attempts', async () => {
    const { name, publish } = await storedSecret(secrets(), { A: changed });
    const file = await backedUp(name);
    await publish({ A: added });
    secrets().calm();
    const lost = new Set<string>();
    secrets().interference.after = (operation) => {
      if (!/^(Put|Update)/.test(operation) || lost.has(operation)) return undefined;
      lost.add(operation);
      return refusing('InternalServiceError', '', 500);
    };

    const { exitCode } = await restore(file, '--yes', '--unverified');

    expect(exitCode).toBe(0);
    expect(lost.size).toBe(2);
    expect(secrets().valueOf(name)).toBe(`{"A":"${changed}"}`);
    expect(secrets().manager.inspect(name)?.stages).toEqual(['AWSCURRENT']);
  });

  test('keeps its value where it cannot be labelled: AWSCURRENT never moved', async () => {
    const { name, publish } = await storedSecret(secrets(), { A: changed });
    const file = await backedUp(name);
    await publish({ A: added });
    secrets().interference.before = (operation) =>
      operation === 'UpdateSecretVersionStage'
        ? refusing('AccessDeniedException', 'no')
        : undefined;

    const { exitCode } = await restore(file, '--yes', '--unverified');
    expect(exitCode).toBe(1);
    expect(secrets().valueOf(name)).toBe(`{"A":"${added}"}`);
    expect(secrets().manager.inspect(name, 'KEYTURN_PROPOSED')).toBeDefined();

    secrets().calm();
    await restore(file, '--yes', '--unverified');
    expect(secrets().valueOf(name)).toBe(`{"A":"${changed}"}`);
    expect(secrets().manager.inspect(name, 'KEYTURN_PROPOSED')).toBe(undefined);
  });
});

test.each([
  ['without a terminal and without --yes', ['a.age'], 'Add --yes'],
  ['for two files from standard input', ['-', '-i', '-', '--list'], 'Only one of the files'],
  ['without anything that opens it', [], 'missing required argument'],
])('exit code 2 %s', async (_what, args, message) => {
  const { exitCode, stderr } = await keyturn(['restore', ...args]);

  expect(exitCode).toBe(2);
  expect(stderr).toContain(message);
});
