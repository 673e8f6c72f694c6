import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UpdateSecretVersionStageCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { execRig, type ExecRig } from './exec-rig.ts';
import { sample } from './local-secrets.ts';
import { runKeyturn } from './run-keyturn.ts';
import { storedSecret } from './stored-secret.ts';

const stolen = 'the one before';
const code = 'KEYTURN_COMPROMISED_DB_PASSWORD';
const notice =
  'The key DB_PASSWORD of AWSPREVIOUS is left out: its value is marked as compromised.';
let rig: ExecRig;

beforeAll(async () => {
  rig = await execRig();
  const MoveToVersionId = rig.secrets.manager.inspect(rig.name, 'AWSPREVIOUS')?.versionId;
  const input = { SecretId: rig.name, VersionStage: code, MoveToVersionId };
  await rig.secrets.client.send(new UpdateSecretVersionStageCommand(input));
  await writeFile(join(rig.folder, 'print.mjs'), 'console.log(JSON.stringify(process.env));');
});
afterAll(() => rig.close());

const keyturn = (...args: string[]) => runKeyturn(rig.endpoint(), ...args);
const printed = (...options: string[]) =>
  rig.exec(...options, '--', process.execPath, join(rig.folder, 'print.mjs'));

describe('a previous value that is compromised', () => {
  test.each([{ options: [] }, { options: ['--strict'] }])(
    'is no variable of exec --previous $options, which says so and starts the program',
    async ({ options }) => {
      const { exitCode, stdout, stderr } = await printed('--previous', ...options);

      expect(exitCode).toBe(0);
      expect(stderr).toContain(notice);
      expect(stdout).not.toContain(stolen);
      const variables = JSON.parse(stdout);
      expect(variables).toMatchObject({
        DB_PASSWORD: sample.DB_PASSWORD,
        TWILIO_AUTH_TOKEN_PREVIOUS: sample.TWILIO_AUTH_TOKEN,
      });
      expect(variables).not.toHaveProperty('DB_PASSWORD_PREVIOUS');
    },
  );

  test('is told of only where it was asked for', async () => {
    const { stderr } = await printed('--previous', '--only', 'TWILIO_AUTH_TOKEN');
    expect(stderr).not.toContain('DB_PASSWORD');
  });

  test('is left out by env, even where it alone was asked for', async () => {
    const all = await keyturn('env', '--stage', 'AWSPREVIOUS');
    const alone = await keyturn('env', '--stage', 'AWSPREVIOUS', '--only', 'DB_PASSWORD');

    for (const { exitCode, stdout, stderr } of [all, alone]) {
      expect({ exitCode, told: stderr.includes(notice) }).toEqual({ exitCode: 0, told: true });
      expect(stdout).not.toContain('DB_PASSWORD');
    }
    expect(all.stdout).toContain(sample.TWILIO_AUTH_TOKEN);
  });

  test('is refused by get, which says what to take', async () => {
    const { exitCode, stdout, stderr } = await keyturn(
      'get',
      'DB_PASSWORD',
      '--stage',
      'AWSPREVIOUS',
    );

    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('KEY_COMPROMISED');
    expect(stderr).toContain('Take the one under AWSCURRENT.');
  });

  test('takes no other value along', async () => {
    const { stdout } = await keyturn('get', 'TWILIO_AUTH_TOKEN', '--stage', 'AWSPREVIOUS');
    expect(stdout).toBe(`${sample.TWILIO_AUTH_TOKEN}\n`);
  });
});

test('a current value that is compromised is given as ever: the program must work', async () => {
  const current = await execRig();
  const { versionId: MoveToVersionId } = current.secrets.manager.inspect(current.name) ?? {};
  const input = { SecretId: current.name, VersionStage: code, MoveToVersionId };
  await current.secrets.client.send(new UpdateSecretVersionStageCommand(input));

  const { stdout, stderr } = await runKeyturn(current.endpoint(), 'get', 'DB_PASSWORD');

  expect({ stdout, stderr }).toEqual({ stdout: `${sample.DB_PASSWORD}\n`, stderr: '' });
  await current.close();
});

describe('what holds a compromised value under another name', () => {
  const stolenKey = 'p/ss word 0123456789';
  let derived: ExecRig;

  beforeAll(async () => {
    derived = await execRig();
    const before = {
      ...sample,
      SIGNING_KEY: stolenKey,
      OLD_KEYS: ['another one', stolenKey],
      DATABASE_URL: `postgresql://app:${encodeURIComponent(stolenKey)}@db/app`,
      HOSTS: ['one', 'two'],
    };
    const { name } = await storedSecret(derived.secrets, before, sample);
    const input = {
      SecretId: name,
      VersionStage: 'KEYTURN_COMPROMISED_SIGNING_KEY',
      MoveToVersionId: derived.secrets.manager.inspect(name, 'AWSPREVIOUS')?.versionId,
    };
    await derived.secrets.client.send(new UpdateSecretVersionStageCommand(input));
    derived = { ...derived, name };
  });
  afterAll(() => derived.close());

  const run = (...args: string[]) =>
    runKeyturn(derived.endpoint({ KEYTURN_SECRET_ID: derived.name }), ...args);

  test('is left out by env, be it a list or a URL, and nothing else is', async () => {
    const { stdout, stderr } = await run('env', '--stage', 'AWSPREVIOUS', '--format', 'json');

    for (const key of ['SIGNING_KEY', 'OLD_KEYS', 'DATABASE_URL']) {
      expect(stderr).toContain(`The key ${key} of AWSPREVIOUS is left out`);
      expect(JSON.parse(stdout)).not.toHaveProperty(key);
    }
    expect(JSON.parse(stdout)).toMatchObject({ DB_PASSWORD: sample.DB_PASSWORD });
    expect(JSON.parse(stdout)).toHaveProperty('HOSTS');
  });

  test.each(['OLD_KEYS', 'DATABASE_URL'])('is refused by get for %s', async (key) => {
    const { exitCode, stdout, stderr } = await run('get', key, '--stage', 'AWSPREVIOUS');

    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('KEY_COMPROMISED');
  });
});
