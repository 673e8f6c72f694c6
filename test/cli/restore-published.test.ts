import { expect, test } from 'vitest';
import { production } from '../../src/local/stack/environments.ts';
import { accepted, works } from '../stack/support.ts';
import { usePublishedRig } from './published-rig.ts';

const { at, backup, identityFile, keyturn, overwrite, restore, rig } = usePublishedRig();
const secret = production.secretName;

const meaningsIn = (stdout: string): unknown => {
  const { keys }: { keys: { key: string; meaning: string }[] } = JSON.parse(stdout);
  return Object.fromEntries(keys.map(({ key, meaning }) => [key, meaning]));
};

test('brings back what somebody overwrote, once every system accepts it', async () => {
  const before = at('AWSCURRENT')?.secretString;
  const file = await backup();
  await overwrite({ SECRET_KEY: 'typed-by-somebody', DB_PASSWORD: 'typed-by-somebody-too' });
  expect((await accepted(rig().stack, await rig().read())).database).toBe(false);

  const { exitCode, stdout } = await restore(file);

  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    outcome: 'published',
    versionId: at('AWSCURRENT')?.versionId,
  });
  expect(meaningsIn(stdout)).toEqual({
    SECRET_KEY: 'works',
    DB_PASSWORD: 'works',
    TWILIO_AUTH_TOKEN: 'works',
  });
  expect(at('AWSCURRENT')?.secretString).toBe(before);
  expect(await accepted(rig().stack, await rig().read())).toEqual(works);
  expect(at('KEYTURN_PROPOSED')).toBe(undefined);
});

test('refuses a backup from before a rotation, forced or not, and takes single keys of it', async () => {
  const file = await backup();
  const old = await rig().read();
  expect((await rig().rotate()).outcome).toBe('RotationSucceeded');
  const current = at('AWSCURRENT');

  for (const more of [[], ['--force', '--unverified']]) {
    const refused = await restore(file, ...more);
    expect(refused.exitCode).toBe(1);
    expect(JSON.parse(refused.stdout)).toMatchObject({ code: 'NOT_ACCEPTED' });
    expect(meaningsIn(refused.stdout)).toMatchObject({ DB_PASSWORD: 'breaks' });
    expect(refused.stderr).toContain('DB_PASSWORD: the credential is not accepted');
    expect(at('AWSCURRENT')?.versionId).toBe(current?.versionId);
    expect(at('KEYTURN_PROPOSED')).toBe(undefined);
  }
  expect(await accepted(rig().stack, await rig().read())).toEqual(works);

  const newer = await rig().read();
  const single = await restore(file, '--only', 'SECRET_KEY');
  expect(JSON.parse(single.stdout)).toMatchObject({ outcome: 'published' });
  expect(await rig().read()).toEqual({
    ...JSON.parse(current?.secretString ?? ''),
    SECRET_KEY: old.SECRET_KEY,
    SECRET_KEY_FALLBACKS: [
      newer.SECRET_KEY,
      ...(newer.SECRET_KEY_FALLBACKS ?? []).filter((each) => each !== old.SECRET_KEY),
    ],
  });
  expect(single.stderr).toContain('What is current of the key goes into SECRET_KEY_FALLBACKS');
  expect(await accepted(rig().stack, await rig().read())).toEqual(works);
});

test('publishes a dead credential only with --force, and only where the current one is dead, too', async () => {
  const working = await backup();
  await overwrite({ DB_PASSWORD: 'dead-as-well' });
  const dead = await backup();
  await overwrite({ DB_PASSWORD: 'even-deader-than-that' });

  const refused = await restore(dead);
  const forced = await restore(dead, '--force');
  const back = await restore(working);

  expect(meaningsIn(refused.stdout)).toMatchObject({ DB_PASSWORD: 'dead-too' });
  expect(refused.stderr).toContain('--force');
  expect(JSON.parse(forced.stdout)).toMatchObject({ outcome: 'published' });
  expect(JSON.parse(back.stdout)).toMatchObject({ outcome: 'published' });
  expect(await accepted(rig().stack, await rig().read())).toEqual(works);
});

test('rotates on from what was restored', async () => {
  expect((await rig().rotate()).outcome).toBe('RotationSucceeded');
  expect(await accepted(rig().stack, await rig().read())).toEqual(works);
});

test('refuses beside a rotation that has begun, which a new version would abandon', async () => {
  const file = await backup();
  await overwrite({ SECRET_KEY: 'another-one' });
  const token = 'b'.repeat(32);
  rig().stack.secretsManager.beginRotation(secret, { token, functionArn: production.rotateArn });

  const { exitCode, stdout } = await restore(file);

  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ code: 'ROTATION_IN_PROGRESS' });
  expect(at('AWSPENDING')?.versionId).toBe(token);
  await overwrite({ SECRET_KEY: 'yet-another' });
});

test.each([
  ['a rotated key', { SECRET_KEY: 'another-that-was-typed' }, 0],
  ['a key that nothing rotates', { STRIPE: 'one-of-another' }, 1],
])(
  'says that a rollback takes it back only where it would: %s',
  async (_what, values, exitCode) => {
    expect((await rig().rotate()).outcome).toBe('RotationSucceeded');
    const file = await backup();
    await overwrite(values);

    const { stdout } = await keyturn('restore', file, '-i', identityFile(), '--yes');

    expect(stdout.includes('keyturn rollback')).toBe(exitCode === 0);
    expect(await keyturn('rollback', secret, '--yes')).toMatchObject({ exitCode });
    expect((await restore(file)).exitCode).toBe(0);
  },
);
