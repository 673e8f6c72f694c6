import { rm } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { copyOfKeyturn } from './copy-of-keyturn.ts';
import { useInitRig } from './init-rig.ts';

const { made, run, secrets } = useInitRig();

describe('writes rotation.config.ts', () => {
  const rotate = ['SIGNING=random-key', 'PASSWORD=rds-master-password,instance=orders'];
  const generate = ['PASSWORD'];

  test('where --rotate names keys of their own, beside the one that is there', async () => {
    const copy = await copyOfKeyturn();
    const before = await copy.read('rotation.config.ts');

    const { said } = await run(copy, { secret: 'own/testing', rotate, generate });

    expect(Object.keys(JSON.parse(secrets().valueOf('own/testing') ?? ''))).toEqual([
      'SIGNING',
      'PASSWORD',
    ]);
    expect(await copy.read('rotation.config.ts')).toBe(before);
    expect(await copy.read('rotation.config.new.ts')).toContain(
      "secret: env.KEYTURN_SECRET ?? 'own/*'",
    );
    expect(said).toContain('mv rotation.config.new.ts rotation.config.ts && sam build');
  });

  test('where there is none, and leaves the same for another environment as it is', async () => {
    const copy = await copyOfKeyturn();
    await rm(path.join(copy.folder, 'rotation.config.ts'));

    await run(copy, { secret: 'none/testing', rotate, generate });
    const written = await copy.read('rotation.config.ts');
    const other = ['SIGNING=random-key', 'PASSWORD=rds-master-password,instance=sales'];
    const { said } = await run(copy, { secret: 'none/production', rotate: other, generate });

    expect(written).toContain('PASSWORD: {');
    expect(await copy.read('rotation.config.ts')).toBe(written);
    expect(said).toContain('rotation.config.ts said it already');
    expect(await copy.read('samconfig.toml')).toContain('DbInstance=\\"sales\\"');
  });

  test('and refuses, with nothing created, where both names are taken', async () => {
    const copy = await copyOfKeyturn();
    await copy.write('rotation.config.new.ts', '// Mine.\n');

    const { error } = await run(copy, { secret: 'taken', rotate, generate });

    expect(error).toMatchObject({ code: 'FILE_DIFFERS' });
    expect(await copy.read('rotation.config.new.ts')).toBe('// Mine.\n');
    expect(await copy.read('samconfig.toml')).toBeUndefined();
    expect(made()).toBe(0);
  });
});

test('creates nothing where the functions would refuse to start with these answers', async () => {
  const copy = await copyOfKeyturn();
  const { error } = await run(copy, {
    secret: 'mismatch',
    rotate: [
      'ONE=postgres-password,instance=orders,user=u',
      'OTHER=postgres-password,instance=sales,user=u',
    ],
    generate: ['ONE', 'OTHER'],
  });

  expect(error).toMatchObject({
    code: 'CONFIG_MISMATCH',
    message: expect.stringContaining('rds-endpoint:instance/sales'),
  });
  expect(made()).toBe(0);
});
