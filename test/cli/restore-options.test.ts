import { describe, expect, test } from 'vitest';
import { readRestoreOptions } from '../../src/cli/restore/options.ts';
import { useBackupRig } from './backup-rig.ts';
import { sample } from './local-secrets.ts';
import { storedSecret } from './stored-secret.ts';

const { backedUp, restore, secrets, writes } = useBackupRig();

describe('an option that would do nothing is refused', () => {
  test.each([
    ['--kms-key without --create', { kmsKey: 'alias/shop' }],
    ['--create with --list', { create: true, list: true }],
    ['--create with --dry-run', { create: true, dryRun: true }],
    ['--force with --create', { create: true, force: true }],
    ['--unverified with --create', { create: true, unverified: true }],
    ['--secret without a name', { secret: '' }],
  ])('%s', (_what, given) => {
    const read = () => readRestoreOptions({ file: 'backup.age', ...given });

    expect(read).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });

  test('--kms-key, where the secret is there', async () => {
    const { name } = await storedSecret(secrets(), sample);
    const file = await backedUp(name);
    secrets().calls.length = 0;

    const { exitCode, stderr } = await restore(
      file,
      '--create',
      '--kms-key',
      'alias/shop',
      '--yes',
    );

    expect(exitCode).toBe(2);
    expect(stderr).toContain(`${name} is there`);
    expect(writes()).toEqual([]);
  });
});
