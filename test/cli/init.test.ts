import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { expectSilent } from '../support/expect-told.ts';
import { localSecrets, sample, samples, type LocalSecrets } from './local-secrets.ts';
import { runKeyturn } from './run-keyturn.ts';

let secrets: LocalSecrets;
let folder: string;

beforeAll(async () => {
  secrets = await localSecrets();
  folder = await mkdtemp(path.join(tmpdir(), 'keyturn-init-'));
});
beforeEach(() => secrets.calm());
afterAll(async () => {
  await secrets.close();
  await rm(folder, { recursive: true });
});

const values = JSON.stringify(sample);

const keyturn = async (input: string | Buffer | undefined, ...args: string[]) => {
  const stack = { clientConfig: secrets.clientConfig, ...(input !== undefined && { input }) };
  const outcome = await runKeyturn(stack, 'init', '--no-files', ...args);
  expectSilent(outcome.stdout + outcome.stderr, [...samples, ...secrets.sent]);
  return outcome;
};

const fromInput = (...args: string[]) => keyturn(values, ...args, '--from-file', '-', '--yes');

const storedIn = (name: string): unknown => JSON.parse(secrets.valueOf(name) ?? 'null');

describe('creates the secret', () => {
  test('with the given values, and a SECRET_KEY as its rotator would make it', async () => {
    const { exitCode } = await fromInput();

    expect(exitCode).toBe(0);
    expect(storedIn('reminder-app/development')).toEqual({
      ...sample,
      SECRET_KEY: expect.stringMatching(/^[A-Za-z][\w-]{63}$/),
    });
  });

  test('once, with a version under AWSCURRENT that the result names', async () => {
    const { stdout } = await fromInput('one/version', '--json');

    const { VersionIdsToStages: versions, ARN: arn } = await secrets.client.send(
      new DescribeSecretCommand({ SecretId: 'one/version' }),
    );
    const { versionId, ...result } = resultIn(stdout);
    expect(versions).toEqual({ [versionId]: ['AWSCURRENT'] });
    expect(result).toEqual({
      secret: 'one/version',
      arn,
      keys: [
        { key: 'DB_PASSWORD', from: 'file' },
        { key: 'TWILIO_ACCOUNT_SID', from: 'file' },
        { key: 'TWILIO_AUTH_TOKEN', from: 'file' },
        { key: 'SECRET_KEY', from: 'generated' },
      ],
    });
  });

  test('byte for byte as the file has it, in its layout', async () => {
    const text = `\uFEFF{\n\t"N" : 1.50e+2,\n\t"DB_PASSWORD" : "caf\\u00e9 ü",\n\t"SECRET_KEY" : "own"\n}\n`;

    await keyturn(text, 'kept', '--from-file', '-', '--yes', ...withoutTwilio, '--generate', 'X');

    const stored = secrets.valueOf('kept') ?? '';
    expect(stored.replace(/,\n\t"X" : "[\w-]{64}"/, '')).toBe(text.slice(1));
    expect(stored).toMatch(/"own",\n\t"X" : "[\w-]{64}"\n}\n$/);
  });

  test('with a new value at each run', async () => {
    await fromInput('fresh/one');
    await fromInput('fresh/two');

    expect(storedIn('fresh/one')).not.toEqual(storedIn('fresh/two'));
  });

  test('encrypted with the key, and described', async () => {
    const kms = 'arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555';
    const { stdout } = await fromInput('kms/it', '--kms-key', kms, '--description', 'Mine. ✔');

    const about = await secrets.client.send(new DescribeSecretCommand({ SecretId: 'kms/it' }));
    expect(about).toMatchObject({ KmsKeyId: kms, Description: 'Mine. ✔' });
    expect(stdout).toContain(`KmsKeyArn=${kms}`);
  });

  test('with a password for a database that is to be made, and says how it gets there', async () => {
    const twilio = { ...sample, DB_PASSWORD: undefined };
    const { stdout } = await keyturn(
      JSON.stringify(twilio),
      'shop/new',
      '--generate',
      'DB_PASSWORD',
      '--from-file',
      '-',
      '--yes',
    );

    // Letters, digits, - and _ are taken by every engine, and 30 characters by Oracle too.
    expect(storedIn('shop/new')).toMatchObject({
      DB_PASSWORD: expect.stringMatching(/^[A-Za-z][\w-]{29}$/),
    });
    expect(stdout).toContain('No database knows the new DB_PASSWORD yet.');
    expect(stdout).toContain('--secret-id shop/new');
  });

  test('without the keys of a provider the application does not have', async () => {
    const text = JSON.stringify({ DB_PASSWORD: sample.DB_PASSWORD });
    const { stdout } = await keyturn(
      text,
      'no/twilio',
      '--from-file',
      '-',
      '--yes',
      ...withoutTwilio,
    );

    expect(Object.keys(Object(storedIn('no/twilio')))).toEqual(['DB_PASSWORD', 'SECRET_KEY']);
    expect(stdout).toContain('Left out: TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN.');
  });
});

describe('says', () => {
  test.each([
    [[], 'Environment=development'],
    [['--environment', 'testing'], 'Environment=testing'],
    [['reminder-app/production'], 'Environment=production'],
    [['next/production'], 'Environment=production SecretName=next/production'],
    [['next', '--environment', 'testing'], 'Environment=testing SecretName=next'],
  ])('which parameters to deploy with for %j', async (args, parameters) => {
    const unused = await localSecrets();
    const { stdout } = await runKeyturn(
      { clientConfig: unused.clientConfig, input: values },
      'init',
      '--no-files',
      ...args,
      '--from-file',
      '-',
      '--yes',
    );
    await unused.close();

    expect(stdout).toContain('sam build && sam deploy --guided --region us-east-1');
    expect(stdout).toContain(`--parameter-overrides ${parameters}\n`);
    expect(stdout).toContain(
      'Add DbInstance=<id> (or DbCluster=<id>) for DB_PASSWORD, and RotateTwilio=true',
    );
  });

  test('which secret in which region gets which keys, before it is made', async () => {
    const { stderr } = await fromInput('what/where');

    expect(stderr).toMatch(/^AWS_ENDPOINT_URL is set: this goes to http:\S+, and not to AWS\.\n/);
    expect(stderr).toContain('what/where, in us-east-1\n');
    expect(stderr).toMatch(/DB_PASSWORD +from the file\n/);
    expect(stderr).toMatch(/SECRET_KEY +is generated\n/);
  });

  test.each([
    [0o600, false],
    [0o640, true],
    [0o604, true],
  ])('whether others may read a file of mode %o, and that it remains', async (mode, warned) => {
    const file = path.join(folder, `values-${mode}.json`);
    await writeFile(file, values);
    await chmod(file, mode);

    const { stderr } = await keyturn(undefined, `file/${mode}`, '--yes', '--from-file', file);

    expect(stderr.includes('chmod 600')).toBe(warned);
    expect(stderr).toContain('The file still holds the values. Delete it.');
    expect(storedIn(`file/${mode}`)).toMatchObject(sample);
  });
});

describe('--dry-run', () => {
  test('creates nothing, and tells where each value would come from', async () => {
    const { exitCode, stdout } = await keyturn(
      values,
      'dry/run',
      '--from-file=-',
      '--dry-run',
      '--json',
    );

    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      secret: 'dry/run',
      dryRun: true,
      keys: [
        { key: 'DB_PASSWORD', from: 'file' },
        { key: 'TWILIO_ACCOUNT_SID', from: 'file' },
        { key: 'TWILIO_AUTH_TOKEN', from: 'file' },
        { key: 'SECRET_KEY', from: 'generated' },
      ],
    });
    expect(secrets.calls.map(({ operation }) => operation)).toEqual(['DescribeSecret']);
  });

  test.each([
    ['{"DB_PASSWORD": "given"}', '--from-file=-', 1, '[KEY_MISSING]'],
    [undefined, '--without=DB_PASSWORD', 2, '[USAGE]'],
  ])('says what nobody is there to be asked for, as the real run would', async (...given) => {
    const [input, option, expected, code] = given;
    for (const mode of ['--dry-run', '--yes']) {
      const { exitCode, stderr } = await keyturn(input, 'dry/lacking', option, mode);

      expect(exitCode).toBe(expected);
      expect(stderr).toContain('TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN');
      expect(stderr).toContain(code);
    }
  });

  test('judges the file like the real run', async () => {
    const { exitCode, stderr } = await keyturn(
      JSON.stringify({ ...sample, DB_PASSWORD: '' }),
      '--from-file',
      '-',
      '--dry-run',
    );

    expect(exitCode).toBe(1);
    expect(stderr).toContain('The key DB_PASSWORD must be a text that is not empty');
  });

  test('says in words that nothing was created', async () => {
    const { stdout, stderr } = await keyturn(values, 'dry/words', '--from-file', '-', '--dry-run');

    expect(stdout).toContain('Nothing was created');
    expect(stderr).toContain('dry/words, in us-east-1');
    expect(secrets.made()).toEqual([]);
  });
});

const withoutTwilio = ['--without', 'TWILIO_ACCOUNT_SID', '--without', 'TWILIO_AUTH_TOKEN'];

const resultIn = (stdout: string) =>
  v.parse(v.looseObject({ versionId: v.string() }), JSON.parse(stdout));
