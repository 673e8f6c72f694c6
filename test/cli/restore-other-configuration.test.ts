import { describe, expect, test } from 'vitest';
import { useOtherConfiguration } from './other-configuration.ts';

describe('keys that belong together by the function’s configuration, and not by this folder’s', () => {
  const { backup, overwrite, read, restore } = useOtherConfiguration(
    {
      secret: 'signing/shop',
      keys: { SIGNING_KEY: { rotator: 'random-key', fallbacksKey: 'EARLIER', fallbacks: 3 } },
    },
    { SIGNING_KEY: 'signing-key-of-a-backup', EARLIER: [], OTHER: 'x' },
  );

  test('stay together: what is current goes into the list that the function says', async () => {
    const file = await backup();
    await overwrite({ SIGNING_KEY: 'signing-key-of-today', EARLIER: ['earlier-one'], OTHER: 'x' });

    const { stderr } = await restore(file, '--only', 'SIGNING_KEY', '--unverified');

    expect(read()).toEqual({
      SIGNING_KEY: 'signing-key-of-a-backup',
      EARLIER: ['signing-key-of-today', 'earlier-one'],
      OTHER: 'x',
    });
    expect(stderr).toContain('goes into EARLIER');
  });
});

describe('keys that the function builds from others', () => {
  const rig = useOtherConfiguration(
    {
      secret: 'derived/shop',
      keys: { SIGNING_KEY: { rotator: 'random-key' } },
      derived: { HEADER: ({ SIGNING_KEY }) => `key=${JSON.stringify(SIGNING_KEY)}` },
    },
    { SIGNING_KEY: 'signing-key-of-a-backup', HEADER: 'key="signing-key-of-a-backup"' },
  );

  test('are not left as they were beside other keys where this folder does not build them', async () => {
    const file = await rig.backup();
    const today = { SIGNING_KEY: 'signing-key-of-today', HEADER: 'key="signing-key-of-today"' };
    await rig.overwrite(today);

    const refused = await rig.restore(file, '--only', 'SIGNING_KEY', '--json');

    expect(JSON.parse(refused.stdout)).toMatchObject({ code: 'CONFIG_MISMATCH' });
    expect(refused.stderr).toContain('builds HEADER from other keys');
    expect(rig.read()).toEqual(today);
  });

  test('come as they are with the whole backup', async () => {
    const file = await rig.backup();
    const before = rig.read();
    await rig.overwrite({ SIGNING_KEY: 'another', HEADER: 'key="another"' });

    const { exitCode } = await rig.restore(file, '--unverified');

    expect(exitCode).toBe(0);
    expect(rig.read()).toEqual(before);
  });
});

describe('what the systems said', () => {
  const database = { host: 'db.invalid', user: 'me', tls: 'off' } as const;
  const rig = useOtherConfiguration(
    {
      secret: 'unasked/shop',
      keys: { DB_PASSWORD: { rotator: 'postgres-password', ...database } },
    },
    { DB_PASSWORD: 'password-of-a-backup', OTHER: 'x' },
  );

  test.each([
    [
      'that nobody could tell',
      { DB_PASSWORD: 'another-password' },
      /Nobody could tell.*: DB_PASSWORD/,
    ],
    ['that a key is as before', { OTHER: 'y' }, /As before: DB_PASSWORD/],
  ])('is told of a restored value: %s', async (_what, changed, said) => {
    const file = await rig.backup();
    await rig.overwrite({ DB_PASSWORD: 'password-of-a-backup', OTHER: 'x', ...changed });

    const { stdout } = await rig.restore(file, '--unverified');

    expect(stdout).toMatch(said);
    expect(stdout).not.toContain('No system was asked');
  });
});
