import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { production } from '../../src/local/stack/environments.ts';
import { expectSilent } from '../support/expect-told.ts';
import { accepted, startRig, works, type Rig, type Values } from '../stack/support.ts';
import { runKeyturn } from './run-keyturn.ts';
import { startKeyturn } from './start-keyturn.ts';

let rig: Rig;
let folder = '';
let recipient = '';
let identityFile = '';

beforeAll(async () => {
  rig = await startRig({ grace: '1h' });
  folder = await mkdtemp(path.join(tmpdir(), 'keyturn-published-'));
  const identity = await generateIdentity();
  recipient = await identityToRecipient(identity);
  identityFile = path.join(folder, 'identity.txt');
  await writeFile(identityFile, identity, { mode: 0o600 });
  await rig.rotate();
});
afterAll(async () => {
  await rig.stop();
  await rm(folder, { recursive: true });
});

const secret = production.secretName;
const at = (label: string) => rig.stack.secretsManager.inspect(secret, label);

async function keyturn(...args: readonly string[]) {
  const outcome = await runKeyturn(rig.stack, ...args);
  const values: object = await rig.read();
  const texts = Object.values(values).filter((each) => typeof each === 'string');
  expectSilent(outcome.stdout + outcome.stderr, texts);
  return outcome;
}

let count = 0;
async function backup() {
  const file = path.join(folder, `${(count += 1)}.age`);
  const { exitCode, stderr } = await keyturn('backup', secret, '-o', file, '-r', recipient);
  expect(exitCode, stderr).toBe(0);
  return file;
}

const restore = (file: string, ...more: readonly string[]) =>
  keyturn('restore', file, '-i', identityFile, '--yes', '--json', ...more);

/** As somebody would in the console. */
async function overwrite(values: Partial<Values>) {
  const SecretString = JSON.stringify({ ...(await rig.read()), ...values });
  await rig.client.send(new PutSecretValueCommand({ SecretId: secret, SecretString }));
}

const meaningsIn = (stdout: string): unknown => {
  const { keys }: { keys: { key: string; meaning: string }[] } = JSON.parse(stdout);
  return Object.fromEntries(keys.map(({ key, meaning }) => [key, meaning]));
};

test('brings back what somebody overwrote, once every system accepts it', async () => {
  const before = at('AWSCURRENT')?.secretString;
  const file = await backup();
  await overwrite({ SECRET_KEY: 'typed-by-somebody', DB_PASSWORD: 'typed-by-somebody-too' });
  expect((await accepted(rig.stack, await rig.read())).database).toBe(false);

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
  expect(await accepted(rig.stack, await rig.read())).toEqual(works);
  expect(at('KEYTURN_PROPOSED')).toBe(undefined);
});

test('refuses a backup from before a rotation, forced or not, and takes single keys of it', async () => {
  const file = await backup();
  const old = await rig.read();
  expect((await rig.rotate()).outcome).toBe('RotationSucceeded');
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
  expect(await accepted(rig.stack, await rig.read())).toEqual(works);

  const single = await restore(file, '--only', 'SECRET_KEY');
  expect(JSON.parse(single.stdout)).toMatchObject({ outcome: 'published' });
  expect(await rig.read()).toEqual({
    ...JSON.parse(current?.secretString ?? ''),
    SECRET_KEY: old.SECRET_KEY,
  });
  expect(await accepted(rig.stack, await rig.read())).toEqual(works);
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
  expect(await accepted(rig.stack, await rig.read())).toEqual(works);
});

test('rotates on from what was restored', async () => {
  expect((await rig.rotate()).outcome).toBe('RotationSucceeded');
  expect(await accepted(rig.stack, await rig.read())).toEqual(works);
});

test('refuses beside a rotation that has begun, which a new version would abandon', async () => {
  const file = await backup();
  await overwrite({ SECRET_KEY: 'another-one' });
  const token = 'b'.repeat(32);
  rig.stack.secretsManager.beginRotation(secret, { token, functionArn: production.rotateArn });

  const { exitCode, stdout } = await restore(file);

  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ code: 'ROTATION_IN_PROGRESS' });
  expect(at('AWSPENDING')?.versionId).toBe(token);
  await overwrite({ SECRET_KEY: 'yet-another' });
});

test('killed after any of its calls, it leaves AWSCURRENT working, and the next run ends it', async () => {
  const file = await backup();
  const restored = await rig.read();
  const calls = ['PutSecretValue', ...Array<string>(4).fill('UpdateSecretVersionStage')];

  for (const last of calls.keys()) {
    await overwrite({ SECRET_KEY: `overwritten-${last}` });
    const before = await rig.read();
    await killedAfter(file, last);
    const after = await rig.read();
    expect([before, restored]).toContainEqual(after);
    expect(await accepted(rig.stack, after)).toEqual(works);
  }

  await overwrite({ SECRET_KEY: 'overwritten-at-last' });
  expect((await restore(file)).exitCode).toBe(0);
  expect(await rig.read()).toEqual(restored);
  expect(at('KEYTURN_PROPOSED')).toBe(undefined);
}, 180_000);

/** Ends it, as a power cut would, when Secrets Manager has done its so-many-th write. */
async function killedAfter(file: string, write: number) {
  const running = startKeyturn(rig.stack, 'restore', file, '-i', identityFile, '--yes');
  let seen = 0;
  const stop = rig.stack.secretsManager.onCall(({ operation }) => {
    if (!/^(Put|Update)/.test(operation)) return;
    if (seen === write) running.child.kill('SIGKILL');
    seen += 1;
  });
  const { signal } = await running.ended();
  stop();
  expect({ write, signal }).toEqual({ write, signal: 'SIGKILL' });
}
