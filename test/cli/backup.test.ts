import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import * as fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { serialise, valueOf } from '../../src/cli/backup/backup-format.ts';
import { encrypt } from '../../src/cli/backup/encrypt.ts';
import { takeBackup } from '../../src/cli/backup/take-backup.ts';
import { createAwsEndpoint } from '../../src/local/aws-endpoint.ts';
import { serveHttp } from '../../src/local/http-server.ts';
import { useBackupRig } from './backup-rig.ts';
import { storedSecret } from './stored-secret.ts';

const { backup, newFile, open, openBytes, recipient, secrets } = useBackupRig();

describe('what is in a backup', () => {
  test('is every labelled version byte for byte, and what is needed to make the secret again', async () => {
    const Name = 'backup/whole';
    const first = '{ "DB_PASSWORD" : "first\\u00e9",  "N": 1.0 }\n';
    await secrets().client.send(
      new CreateSecretCommand({
        Name,
        SecretString: first,
        Description: 'of a shop',
        KmsKeyId: 'alias/shop',
        Tags: [{ Key: 'team', Value: 'shop' }],
      }),
    );
    const second = await secrets().client.send(
      new PutSecretValueCommand({ SecretId: Name, SecretString: '{"DB_PASSWORD":"second"}' }),
    );
    await secrets().client.send(
      new PutSecretValueCommand({
        SecretId: Name,
        SecretBinary: new Uint8Array([0, 255, 128]),
        VersionStages: ['MINE'],
      }),
    );
    const output = newFile();

    const { exitCode, stdout } = await backup(Name, output);

    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 });
    const { secret, versions } = await open(output);
    expect(secret).toMatchObject({
      name: Name,
      arn: await secrets().arnOf(Name),
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
    const { name } = await storedSecret(secrets(), { A: '1' }, { A: '2' });
    const output = newFile();

    const { stdout } = await backup(name, output, '--current-only', '--json');

    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'backed-up', recipients: [recipient()] });
    expect((await open(output)).versions.map(({ labels }) => labels)).toEqual([['AWSCURRENT']]);
  });

  test('belongs together: labels that move while the values are read are read again', async () => {
    const { name } = await storedSecret(secrets(), { A: 'old' }, { A: 'new' });
    const output = newFile();
    const server = await serveHttp(createAwsEndpoint([secrets().manager.service]));
    onTestFinished(() => server.close());
    const other = new SecretsManagerClient({ ...secrets().clientConfig, endpoint: server.url });
    let moved = false;
    const [current, previous] = ['AWSCURRENT', 'AWSPREVIOUS'].map(
      (label) => secrets().manager.inspect(name, label)?.versionId,
    );
    secrets().interference.after = (operation) => {
      if (operation !== 'DescribeSecret' || moved) return undefined;
      moved = true;
      // By another way in; this one answers nothing until it is done.
      secrets().interference.until = other.send(
        new UpdateSecretVersionStageCommand({
          SecretId: name,
          VersionStage: 'AWSCURRENT',
          RemoveFromVersionId: current,
          MoveToVersionId: previous,
        }),
      );
      return undefined;
    };

    await backup(name, output);

    const { versions } = await open(output);
    const texts = Object.fromEntries(versions.map(({ labels, text }) => [labels.join(), text]));
    expect(texts).toEqual({ AWSCURRENT: '{"A":"old"}', AWSPREVIOUS: '{"A":"new"}' });
    const asked = secrets().calls.filter(({ operation }) => operation === 'DescribeSecret');
    expect(asked).toHaveLength(4);
  });

  test('comes out as it went in, whatever text a secret holds', async () => {
    const { name } = await storedSecret(secrets(), { A: 'first' });
    const space = fc.constantFrom('', ' ', '\n\t');
    const texts = fc
      .tuple(space, fc.json({ stringUnit: 'binary' }), space)
      .map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(texts, async (SecretString) => {
        await secrets().client.send(new PutSecretValueCommand({ SecretId: name, SecretString }));
        const wanted = { secret: name, currentOnly: true };
        const clear = serialise(await takeBackup(secrets().client, wanted));
        const file = await encrypt(clear, { recipients: [recipient()] }, { armored: false });
        const [opened] = (await openBytes(file)).versions;
        expect(opened && valueOf(opened)).toEqual({ text: SecretString });
      }),
      { numRuns: 60 },
    );
  });
});
