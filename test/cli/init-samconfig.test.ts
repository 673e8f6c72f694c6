import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { expectSilent } from '../support/expect-told.ts';
import { copyOfKeyturn } from './copy-of-keyturn.ts';
import { alone, filesIn, generated, useInitRig } from './init-rig.ts';
import { sample, samples } from './local-secrets.ts';

const { made, run, secrets } = useInitRig();

describe('writes samconfig.toml', () => {
  test('for the answers given and no others, so that sam deploy needs no question', async () => {
    const copy = await copyOfKeyturn();
    const parameter = ['Schedule=cron(0 3 1 * ? *)', 'SubnetIds=subnet-1,subnet-2'];

    const { said } = await run(
      copy,
      generated('files/production', {
        parameter: [...parameter, 'SecurityGroupIds=sg-1', 'DbInstance=orders'],
        kmsKey: 'arn:aws:kms:us-east-1:000000000000:key/1',
      }),
    );

    expect(parse((await copy.read('samconfig.toml')) ?? '')).toEqual({
      version: 0.1,
      default: {
        global: { parameters: { stack_name: 'keyturn-files-production', region: 'us-east-1' } },
        deploy: {
          parameters: {
            capabilities: 'CAPABILITY_IAM',
            confirm_changeset: true,
            resolve_s3: true,
            s3_prefix: 'keyturn-files-production',
            parameter_overrides: [
              'Environment="production"',
              'SecretName="files/production"',
              'KmsKeyArn="arn:aws:kms:us-east-1:000000000000:key/1"',
              'DbInstance="orders"',
              'Schedule="cron(0 3 1 * ? *)"',
              'SubnetIds="subnet-1,subnet-2"',
              'SecurityGroupIds="sg-1"',
            ],
          },
        },
      },
    });
    expect(said).toContain('samconfig.toml is written.');
    expect(said).toContain('\n  sam build && sam deploy\n');
    expect((await stat(path.join(copy.folder, 'samconfig.toml'))).mode & 0o777).toBe(0o644);
    expect(await filesIn(copy)).toEqual(['samconfig.toml']);
  });

  test('without a value of the secret in it, or in what is said', async () => {
    const copy = await copyOfKeyturn();

    await run(copy, { secret: 'files/values', yes: true }, { typed: [] });

    expect(secrets().valueOf('files/values')).toContain(sample.DB_PASSWORD);
    expectSilent((await copy.read('samconfig.toml')) ?? '', [...samples, ...secrets().sent]);
  });

  test('behind what another environment has there, which stays byte for byte', async () => {
    const copy = await copyOfKeyturn();
    const before = '# Mine.\nversion=0.1\n[default.deploy.parameters]\nstack_name   = "x" # so\n';
    await copy.write('samconfig.toml', before);

    const { said } = await run(copy, generated('next/testing'));

    const after = (await copy.read('samconfig.toml')) ?? '';
    expect(after.slice(0, before.length)).toBe(before);
    expect(Object.keys(parse(after))).toEqual(['version', 'default', 'testing']);
    expect(said).toContain('sam deploy --config-env testing\n');
  });

  test('under the name of the stack, where the environment has a table for another one', async () => {
    const copy = await copyOfKeyturn();
    for (const secret of ['first/testing', 'second/testing', 'third/testing']) {
      await run(copy, generated(secret));
    }

    const tables = Object.keys(parse((await copy.read('samconfig.toml')) ?? ''));
    expect(tables).toEqual(['version', 'default', 'testing', 'keyturn-third-testing']);
  });

  test('and a second run with the same answers changes nothing, and says so', async () => {
    const copy = await copyOfKeyturn();
    const parameter = ['RotateTwilio=false', 'Dashboard=true'];
    await run(copy, generated('twice/production', { parameter }));
    const before = await copy.read('samconfig.toml');
    secrets().calm();

    const again = { secret: 'twice/production', parameter: parameter.toReversed() };
    const whole = await run(copy, { ...again, without: alone });
    const { said, error } = await run(copy, { ...again, filesOnly: true });

    expect(whole.error).toMatchObject({ code: 'SECRET_EXISTS' });
    expect(error).toBeUndefined();
    expect(said).toContain('Nothing was changed: samconfig.toml said it already.');
    expect(await copy.read('samconfig.toml')).toBe(before);
    expect(made()).toBe(0);
  });
});

describe('leaves a file that says otherwise as it is, and creates nothing', () => {
  const about = 'stack_name = "keyturn-development"';

  test.each([
    ['another answer for the same stack', `[default.deploy.parameters]\n${about}\n`],
    ['the same for all commands', `[other.global.parameters]\n${about}\nregion = "us-east-1"\n`],
    ['no TOML', '[default\n'],
    ['a table that cannot be added to', 'development = 1\nkeyturn-development = 1\n'],
  ])('%s', async (_what, before) => {
    const copy = await copyOfKeyturn();
    await copy.write('samconfig.toml', before);

    const { error } = await run(copy, { ...generated(''), secret: undefined });

    expect(error).toMatchObject({ code: 'FILE_DIFFERS' });
    expect(await copy.read('samconfig.toml')).toBe(before);
    expect(made()).toBe(0);
  });

  test('bytes that are no UTF-8', async () => {
    const copy = await copyOfKeyturn();
    const file = path.join(copy.folder, 'samconfig.toml');
    const latin = Buffer.from('# von M\u00fcller\nversion = 0.1\n', 'latin1');
    writeFileSync(file, latin);

    const { error } = await run(copy, { ...generated(''), secret: undefined });

    expect(error).toMatchObject({ code: 'FILE_DIFFERS' });
    expect(readFileSync(file)).toEqual(latin);
    expect(made()).toBe(0);
  });

  test('a link to a file that is not there', async () => {
    const copy = await copyOfKeyturn();
    symlinkSync('nowhere.toml', path.join(copy.folder, 'samconfig.toml'));

    const { error } = await run(copy, { ...generated(''), secret: undefined });

    expect(error).toMatchObject({ code: 'FILES_UNWRITTEN' });
    expect(await copy.read('nowhere.toml')).toBeUndefined();
    expect(made()).toBe(0);
  });

  test('of the same stack in another region it says nothing', async () => {
    const copy = await copyOfKeyturn();
    const elsewhere = `[default.global.parameters]\n${about}\nregion = "eu-west-1"\n`;
    await copy.write('samconfig.toml', elsewhere);

    expect((await run(copy, { without: alone, dryRun: true })).error).toBeUndefined();
  });
});
