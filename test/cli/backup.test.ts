import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { armor, Decrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import * as fc from 'fast-check';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { parseBackup, serialise, valueOf } from '../../src/cli/backup/backup-format.ts';
import { encrypt } from '../../src/cli/backup/encrypt.ts';
import { takeBackup } from '../../src/cli/backup/take-backup.ts';
import { createAwsEndpoint } from '../../src/local/aws-endpoint.ts';
import { serveHttp } from '../../src/local/http-server.ts';
import { runAge } from '../support/age/age-tool.ts';
import { expectSilent } from '../support/expect-told.ts';
import { whereMissing } from '../support/servers/where-missing.ts';
import { localSecrets, refusing, sample, samples, type LocalSecrets } from './local-secrets.ts';
import { command, environmentOf, runKeyturn } from './run-keyturn.ts';
import { storedSecret } from './stored-secret.ts';

let secrets: LocalSecrets;
let folder = '';
let identity = '';
let recipient = '';

beforeAll(async () => {
  secrets = await localSecrets();
  folder = await mkdtemp(path.join(tmpdir(), 'keyturn-backup-'));
  identity = await generateIdentity();
  recipient = await identityToRecipient(identity);
  await writeFile(path.join(folder, 'identity.txt'), `# a comment\n${identity}\n`, { mode: 0o600 });
});
beforeEach(() => secrets.calm());
afterAll(async () => {
  await secrets.close();
  await rm(folder, { recursive: true });
});

let count = 0;
const newFile = () => path.join(folder, `${(count += 1)}.age`);

/** The command; whatever it prints must hold no value. */
async function keyturn(args: readonly string[], input?: string) {
  const outcome = await runKeyturn({ ...secrets, ...(input !== undefined && { input }) }, ...args);
  expectSilent(outcome.stdout + outcome.stderr, [...samples, identity]);
  return outcome;
}

async function openBytes(file: Uint8Array) {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return parseBackup(await decrypter.decrypt(file));
}

const open = async (file: string) => openBytes(await readFile(file));

async function ended(child: ChildProcess) {
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  await once(child, 'close');
  return { status: child.exitCode, stderr };
}

const leftOver = async () => (await readdir(folder)).filter((name) => name.startsWith('.'));

describe('what is in a backup', () => {
  test('is every labelled version byte for byte, and what is needed to make the secret again', async () => {
    const Name = 'backup/whole';
    const first = '{ "DB_PASSWORD" : "first\\u00e9",  "N": 1.0 }\n';
    await secrets.client.send(
      new CreateSecretCommand({
        Name,
        SecretString: first,
        Description: 'of a shop',
        KmsKeyId: 'alias/shop',
        Tags: [{ Key: 'team', Value: 'shop' }],
      }),
    );
    const second = await secrets.client.send(
      new PutSecretValueCommand({ SecretId: Name, SecretString: '{"DB_PASSWORD":"second"}' }),
    );
    await secrets.client.send(
      new PutSecretValueCommand({
        SecretId: Name,
        SecretBinary: new Uint8Array([0, 255, 128]),
        VersionStages: ['MINE'],
      }),
    );
    const output = newFile();

    const { exitCode, stdout } = await keyturn(['backup', Name, '-o', output, '-r', recipient]);

    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 });
    const { secret, versions } = await open(output);
    expect(secret).toMatchObject({
      name: Name,
      arn: await secrets.arnOf(Name),
      region: 'us-east-1',
      description: 'of a shop',
      kmsKeyId: 'alias/shop',
      tags: [{ key: 'team', value: 'shop' }],
      rotation: { enabled: false },
    });
    const byLabel = (label: string) => versions.find(({ labels }) => labels.includes(label));
    expect(byLabel('AWSPREVIOUS')?.text).toBe(first);
    expect(byLabel('AWSCURRENT')).toMatchObject({
      versionId: second.VersionId,
      text: '{"DB_PASSWORD":"second"}',
    });
    expect(byLabel('MINE')?.base64).toBe('AP+A');
  });

  test('is the current version alone with --current-only', async () => {
    const { name } = await storedSecret(secrets, { A: '1' }, { A: '2' });
    const output = newFile();

    const { stdout } = await keyturn([
      'backup',
      name,
      '-o',
      output,
      '-r',
      recipient,
      '--current-only',
      '--json',
    ]);

    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'backed-up', recipients: [recipient] });
    expect((await open(output)).versions.map(({ labels }) => labels)).toEqual([['AWSCURRENT']]);
  });

  test('belongs together: labels that move while the values are read are read again', async () => {
    const { name } = await storedSecret(secrets, { A: 'old' }, { A: 'new' });
    const output = newFile();
    const server = await serveHttp(createAwsEndpoint([secrets.manager.service]));
    onTestFinished(() => server.close());
    const other = new SecretsManagerClient({ ...secrets.clientConfig, endpoint: server.url });
    let moved = false;
    const [current, previous] = ['AWSCURRENT', 'AWSPREVIOUS'].map(
      (label) => secrets.manager.inspect(name, label)?.versionId,
    );
    secrets.interference.after = (operation) => {
      if (operation !== 'DescribeSecret' || moved) return undefined;
      moved = true;
      // By another way in; this one answers nothing until it is done.
      secrets.interference.until = other.send(
        new UpdateSecretVersionStageCommand({
          SecretId: name,
          VersionStage: 'AWSCURRENT',
          RemoveFromVersionId: current,
          MoveToVersionId: previous,
        }),
      );
      return undefined;
    };

    await keyturn(['backup', name, '-o', output, '-r', recipient]);

    const { versions } = await open(output);
    const texts = Object.fromEntries(versions.map(({ labels, text }) => [labels.join(), text]));
    expect(texts).toEqual({ AWSCURRENT: '{"A":"old"}', AWSPREVIOUS: '{"A":"new"}' });
    const asked = secrets.calls.filter(({ operation }) => operation === 'DescribeSecret');
    expect(asked).toHaveLength(4);
  });

  test('comes out as it went in, whatever text a secret holds', async () => {
    const { name } = await storedSecret(secrets, { A: 'first' });
    const space = fc.constantFrom('', ' ', '\n\t');
    const texts = fc
      .tuple(space, fc.json({ stringUnit: 'binary' }), space)
      .map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(texts, async (SecretString) => {
        await secrets.client.send(new PutSecretValueCommand({ SecretId: name, SecretString }));
        const wanted = { secret: name, currentOnly: true };
        const clear = serialise(await takeBackup(secrets.client, wanted));
        const file = await encrypt(clear, { recipients: [recipient] }, { armored: false });
        const [opened] = (await openBytes(file)).versions;
        expect(opened && valueOf(opened)).toEqual({ text: SecretString });
      }),
      { numRuns: 60 },
    );
  });
});

describe('the file', () => {
  let name = '';
  beforeAll(async () => {
    ({ name } = await storedSecret(secrets, sample));
  });

  test('is its owner\u2019s alone, holds no value in clear, and nothing is left beside it', async () => {
    const output = newFile();

    await keyturn(['backup', name, '-o', output, '-r', recipient]);

    expect((await stat(output)).mode & 0o777).toBe(0o600);
    expectSilent((await readFile(output)).toString('latin1'), [...samples, name]);
    expect(await leftOver()).toEqual([]);
  });

  test('that is there already is left alone, and replaced with --force', async () => {
    const output = newFile();
    await writeFile(output, 'mine');

    const refused = await keyturn(['backup', name, '-o', output, '-r', recipient, '--json']);
    expect(JSON.parse(refused.stdout)).toMatchObject({ code: 'FILE_EXISTS' });
    expect(await readFile(output, 'utf8')).toBe('mine');
    expect(secrets.calls).toEqual([]);

    const forced = await keyturn(['backup', name, '-o', output, '-r', recipient, '--force']);
    expect(forced.exitCode).toBe(0);
    expect((await open(output)).secret.name).toBe(name);
    expect((await stat(output)).mode & 0o777).toBe(0o600);
  });

  test('is its owner\u2019s to read, whatever the mask of the shell', async () => {
    const output = newFile();
    const args = ['backup', name, '-o', output, '-r', recipient];
    const shell = ['-c', 'umask 777; exec "$0" "$@"', process.execPath, command, ...args];

    const { status, stderr } = await ended(spawn('sh', shell, { env: environmentOf(secrets) }));

    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect((await stat(output)).mode & 0o777).toBe(0o600);
  });

  test('can be tried as it says', async () => {
    const output = newFile();
    const own = path.join(folder, 'identity.txt');

    const { stdout } = await keyturn(['backup', name, '-o', output, '-r', recipient]);

    const [, said = ''] = /Try it: keyturn (.+)\n/.exec(stdout) ?? [];
    const args = said.replace(' identity.txt', ` ${own}`).split(' ');
    expect((await keyturn(args)).stdout).toContain(`Backup of ${name}`);
  });

  test('a link in its place is left alone, forced or not', async () => {
    const output = newFile();
    await symlink('/dev/null', output);

    const { exitCode, stderr } = await keyturn([
      'backup',
      name,
      '-o',
      output,
      '-r',
      recipient,
      '--force',
    ]);

    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('FILE_EXISTS'),
    });
  });

  test('is not there where the secret cannot be read', async () => {
    const output = newFile();
    secrets.interference.before = (operation) =>
      operation === 'GetSecretValue' ? refusing('AccessDeniedException', 'no') : undefined;

    const { exitCode, stderr } = await keyturn(['backup', name, '-o', output, '-r', recipient]);

    expect(exitCode).toBe(1);
    expect(stderr).toContain('secretsmanager:GetSecretValue');
    await expect(stat(output)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await leftOver()).toEqual([]);
  });

  test('cannot be in a folder that is not there', async () => {
    const output = path.join(folder, 'nowhere', 'a.age');

    const { exitCode, stderr } = await keyturn(['backup', name, '-o', output, '-r', recipient]);

    expect(exitCode).toBe(1);
    expect(stderr).toContain('[FILE_UNWRITABLE]');
  });

  test('goes to standard output with -, as it would into a file', async () => {
    const { stdout } = await keyturn(['backup', name, '-o', '-', '-r', recipient, '--armor']);

    expect((await openBytes(armor.decode(stdout))).secret.name).toBe(name);
  });
});

describe('refused, and nothing is read or written', () => {
  const ssh = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHeader';

  test.each<[string, readonly string[], number, string]>([
    ['without anybody who may open it', [], 2, 'never written in clear text'],
    ['with a recipient and a passphrase', ['-r', 'age1x', '-p'], 2, 'opens by nothing else'],
    ['for an SSH key', ['-r', ssh], 1, 'SSH keys are not supported'],
    ['for a plugin', ['-r', `age1yubikey1${'q'.repeat(58)}`], 1, 'a plugin of age'],
    [
      'for a recipient with a typing error',
      ['-r', `age1${'q'.repeat(58)}`],
      1,
      'as age writes them',
    ],
    ['for a file of recipients without an end', ['-R', '/dev/zero'], 1, 'too large'],
    ['for what is none', ['-r', 'bob@example.com'], 1, 'A recipient starts with age1'],
    ['for a passphrase without a terminal', ['-p'], 2, 'There is no terminal to ask'],
  ])('%s', async (_what, args, expected, message) => {
    const { name } = await storedSecret(secrets, sample);
    secrets.calm();
    const output = newFile();

    const { exitCode, stdout, stderr } = await keyturn(['backup', name, '-o', output, ...args]);

    expect({ exitCode, stdout }).toEqual({ exitCode: expected, stdout: '' });
    expect(stderr).toContain(message);
    expect(secrets.calls).toEqual([]);
    await expect(stat(output)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test.each([[[]], [['--output', '']]])('without a file, as with %j', async (args) => {
    const { exitCode, stderr } = await keyturn(['backup', 'any', '-r', recipient, ...args]);

    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      'Say where to: --output FILE, or --output - for standard output. [USAGE]\n',
    );
  });

  test('for an identity in place of its recipient, which is not repeated', async () => {
    const { stderr } = await keyturn(['backup', 'any', '-o', newFile(), '-r', identity]);

    expect(stderr).toContain('That is an identity');
  });

  test('for a secret that is not there', async () => {
    const { exitCode, stderr } = await keyturn([
      'backup',
      'no/secret',
      '-o',
      newFile(),
      '-r',
      recipient,
    ]);

    expect(exitCode).toBe(1);
    expect(stderr).toContain('[SECRET_NOT_FOUND]');
  });

  test.each([
    ['short', 'too-short', '12 characters or more'],
    ['of two lines', 'a long passphrase\nand another', 'not one line'],
  ])('for a passphrase that is %s', async (_what, input, message) => {
    const args = ['backup', 'any', '-o', newFile(), '--passphrase-file', '-'];
    const { exitCode, stderr } = await keyturn(args, input);

    expect(exitCode).toBe(1);
    expect(stderr).toContain(message);
  });
});

test('recipients come from a file in age\u2019s format, beside those of the options, each once', async () => {
  const { name } = await storedSecret(secrets, sample);
  const other = await identityToRecipient(await generateIdentity());
  const file = path.join(folder, 'recipients.txt');
  await writeFile(file, `# both\n\n${other}\n${recipient}\n`);
  const output = newFile();

  const { stdout } = await keyturn([
    'backup',
    name,
    '-o',
    output,
    '-r',
    recipient,
    '-R',
    file,
    '--json',
  ]);

  expect(JSON.parse(stdout)).toMatchObject({ recipients: [recipient, other] });
  expect((await open(output)).secret.name).toBe(name);
});

test('others who may read the file with the passphrase are told of', async () => {
  const { name } = await storedSecret(secrets, sample);
  const file = path.join(folder, 'passphrase.txt');
  await writeFile(file, 'correct horse battery\n');
  await chmod(file, 0o644);

  const { exitCode, stderr } = await keyturn([
    'backup',
    name,
    '-o',
    newFile(),
    '--passphrase-file',
    file,
  ]);

  expect(exitCode).toBe(0);
  expect(stderr).toContain('chmod 600');
});

const missing = await whereMissing('age');

describe.skipIf(missing !== '')(`the tool age${missing}`, () => {
  test.each([false, true])('opens it with an identity (armor: %s)', async (armored) => {
    const { name } = await storedSecret(secrets, sample);
    const output = newFile();
    await keyturn(['backup', name, '-o', output, '-r', recipient, ...(armored ? ['-a'] : [])]);

    const opened = await runAge('age', ['-d', '-i', path.join(folder, 'identity.txt'), output]);

    expect(opened.exitCode, opened.stderr).toBe(0);
    expect(valueOf(parseBackup(opened.stdout).versions[0] ?? none).text).toBe(
      secrets.valueOf(name),
    );
  });

  test('makes the pair, and refuses a file with a byte flipped anywhere', async () => {
    const { name } = await storedSecret(secrets, sample);
    const own = path.join(folder, 'own-identity.txt');
    expect(await runAge('age-keygen', ['-o', own])).toMatchObject({ exitCode: 0 });
    const { stdout: printed } = await runAge('age-keygen', ['-y', own]);
    const output = newFile();
    await keyturn(['backup', name, '-o', output, '-r', printed.toString().trim()]);
    expect(await runAge('age', ['-d', '-i', own, output])).toMatchObject({ exitCode: 0 });

    const whole = await readFile(output);
    const header = whole.indexOf('\n--- ');
    for (const at of [0, 30, header + 8, header + 60, whole.length - 40, whole.length - 1]) {
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      await writeFile(output, flipped);
      expect((await runAge('age', ['-d', '-i', own, output])).exitCode, `at ${at}`).not.toBe(0);
    }
  });
});

const none = { versionId: '', labels: [], createdAt: '' };
