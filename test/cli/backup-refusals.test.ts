import { stat } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { useBackupRig } from './backup-rig.ts';
import { sample } from './local-secrets.ts';
import { storedSecret } from './stored-secret.ts';

const { backup, identity, keyturn, newFile, recipient, secrets } = useBackupRig();

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
    const { name } = await storedSecret(secrets(), sample);
    secrets().calm();
    const output = newFile();

    const { exitCode, stdout, stderr } = await keyturn(['backup', name, '-o', output, ...args]);

    expect({ exitCode, stdout }).toEqual({ exitCode: expected, stdout: '' });
    expect(stderr).toContain(message);
    expect(secrets().calls).toEqual([]);
    await expect(stat(output)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test.each([[[]], [['--output', '']]])('without a file, as with %j', async (args) => {
    const { exitCode, stderr } = await keyturn(['backup', 'any', '-r', recipient(), ...args]);

    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      'Say where to: --output FILE, or --output - for standard output. [USAGE]\n',
    );
  });

  test('for an identity in place of its recipient, which is not repeated', async () => {
    const { stderr } = await keyturn(['backup', 'any', '-o', newFile(), '-r', identity()]);

    expect(stderr).toContain('That is an identity');
  });

  test('for a secret that is not there', async () => {
    const { exitCode, stderr } = await backup('no/secret', newFile());

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
