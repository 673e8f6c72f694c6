import { CreateSecretCommand, DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { copyOfKeyturn } from './copy-of-keyturn.ts';
import { filesIn, generated, useInitRig } from './init-rig.ts';
import { sample } from './local-secrets.ts';
import { runKeyturn } from './run-keyturn.ts';

const { made, run, secrets } = useInitRig();

describe('writes nothing', () => {
  test('with --dry-run, and shows what would be written', async () => {
    const copy = await copyOfKeyturn();

    const { said } = await run(copy, generated('dry/files', { dryRun: true }));

    expect(said).toContain('samconfig.toml would be:');
    expect(said).toContain('  stack_name = "keyturn-dry-files"');
    expect([made(), await filesIn(copy)]).toEqual([0, []]);
  });

  test('with --no-files', async () => {
    const copy = await copyOfKeyturn();

    await run(copy, generated('no/files', { files: false }));

    expect([made(), await filesIn(copy)]).toEqual([1, []]);
  });

  test('in a folder that is no copy of Keyturn, and says so', async () => {
    const { said } = await run({ folder: tmpdir() }, generated('no/copy'));

    expect(said).toContain('no samconfig.toml is written');
    expect(said).toContain('sam deploy --guided');
  });
});

describe('where a file is written by somebody else meanwhile', () => {
  test.each([
    ['is made', undefined],
    ['changes', 'version = 0.1\n'],
  ])('and %s, that stays, and what was created is told', async (_what, before) => {
    const copy = await copyOfKeyturn();
    if (before !== undefined) await copy.write('samconfig.toml', before);
    secrets().interference.before = (operation) => {
      if (operation === 'CreateSecret') {
        writeFileSync(path.join(copy.folder, 'samconfig.toml'), 'theirs = 1\n');
      }
      return undefined;
    };
    const secret = `meanwhile/${randomUUID()}`;

    const { error } = await run(copy, generated(secret));

    const arn = await secrets().arnOf(secret);
    expect(error).toMatchObject({
      code: 'FILES_UNWRITTEN',
      message: expect.stringContaining(arn ?? ''),
    });
    expect(await copy.read('samconfig.toml')).toBe('theirs = 1\n');
    expect(await filesIn(copy)).toEqual(['samconfig.toml']);
  });
});

const only = (secret: string, more: object = {}) => ({ secret, filesOnly: true, ...more });

describe('--files-only', () => {
  test('writes them for a secret that exists, and does not read its value', async () => {
    const copy = await copyOfKeyturn();
    const KmsKeyId = 'arn:aws:kms:us-east-1:000000000000:key/22222222-3333';
    const input = { Name: 'only/production', SecretString: '{"A": "b"}', KmsKeyId };
    await secrets().client.send(new CreateSecretCommand(input));
    secrets().calm();

    const { error } = await run(copy, only('only/production', { parameter: ['DbCluster=c'] }));

    expect(error).toBeUndefined();
    expect(secrets().calls.map(({ operation }) => operation)).toEqual(['DescribeSecret']);
    expect(await copy.read('samconfig.toml')).toContain(`KmsKeyArn=\\"${KmsKeyId}\\"`);
  });

  test('refuses a secret that is not there, or is being deleted', async () => {
    const copy = await copyOfKeyturn();
    await secrets().client.send(new CreateSecretCommand({ Name: 'only/gone', SecretString: '{}' }));
    await secrets().client.send(new DeleteSecretCommand({ SecretId: 'only/gone' }));

    const none = await run(copy, only('only/none'));
    const gone = await run(copy, only('only/gone'));

    expect(none.error).toMatchObject({ code: 'SECRET_NOT_FOUND' });
    expect(gone.error).toMatchObject({ code: 'SECRET_BEING_DELETED' });
    expect(await filesIn(copy)).toEqual([]);
  });

  test('refuses a folder that is no copy of Keyturn', async () => {
    const { error } = await run({ folder: tmpdir() }, only('only/elsewhere'));

    expect(error).toMatchObject({ code: 'USAGE' });
  });
});

test('the command writes into the folder it is called in, and with --json names the files', async () => {
  const copy = await copyOfKeyturn();
  const stack = { ...secrets(), cwd: copy.folder, input: JSON.stringify(sample) };
  const args = ['--from-file=-', '--yes', '--json', '--parameter', 'DbInstance=orders'];

  const { exitCode, stdout } = await runKeyturn(stack, 'init', 'command/production', ...args);

  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    secret: 'command/production',
    files: [{ name: 'samconfig.toml', outcome: 'written' }],
    next: 'sam build && sam deploy',
  });
  expect(await copy.read('samconfig.toml')).toContain('stack_name = "keyturn-command-production"');
});
