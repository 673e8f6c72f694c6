import {
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { serveHttp } from '../../src/local/http-server.ts';
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
async function overwrite(values: Partial<Values> & { readonly STRIPE?: string }) {
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

  const newer = await rig.read();
  const single = await restore(file, '--only', 'SECRET_KEY');
  expect(JSON.parse(single.stdout)).toMatchObject({ outcome: 'published' });
  expect(await rig.read()).toEqual({
    ...JSON.parse(current?.secretString ?? ''),
    SECRET_KEY: old.SECRET_KEY,
    SECRET_KEY_FALLBACKS: [
      newer.SECRET_KEY,
      ...(newer.SECRET_KEY_FALLBACKS ?? []).filter((each) => each !== old.SECRET_KEY),
    ],
  });
  expect(single.stderr).toContain('What is current of the key goes into SECRET_KEY_FALLBACKS');
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

test.each([2, 3])(
  'run again after a kill once it had published (write %i), it takes off what that left',
  async (write) => {
    const file = await backup();
    await overwrite({ SECRET_KEY: `overwritten-before-${write}` });
    await killedAfter(file, write);
    expect(ownLabels()).not.toEqual([]);

    const { stdout } = await restore(file);

    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'unchanged' });
    expect(ownLabels()).toEqual([]);
  },
);

const ownLabels = () =>
  [at('AWSCURRENT'), at('AWSPREVIOUS'), at('KEYTURN_PROPOSED')]
    .flatMap((version) => version?.stages ?? [])
    .filter((label) => /^KEYTURN_(?:PROPOSED|UNDOING)/.test(label));

test('run again, it leaves the lease of a rollback alone', async () => {
  const file = await backup();
  const lease = 'KEYTURN_UNDOING_20990101T000000Z_ab12';
  const { versionId = '' } = at('AWSPREVIOUS') ?? {};
  const move = { SecretId: secret, VersionStage: lease };
  const label = (to: object) =>
    rig.client.send(new UpdateSecretVersionStageCommand({ ...move, ...to }));
  await label({ MoveToVersionId: versionId });

  const { stdout } = await restore(file);

  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'unchanged' });
  expect(ownLabels()).toEqual([lease]);
  await label({ RemoveFromVersionId: versionId });
});

test('Ctrl-C ends it while the systems are asked, and takes the labels off', async () => {
  const file = await backup();
  await overwrite({ SECRET_KEY: 'overwritten-and-left' });
  const before = at('AWSCURRENT')?.versionId;
  const [asked, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const server = await serveHttp(async (request) => {
    const body = await request.text();
    if (body.includes('"inspect"')) {
      asked.resolve();
      await answered.promise;
    }
    const { pathname, search } = new URL(request.url);
    const { method, headers } = request;
    const to = new URL(pathname + search, rig.stack.clientConfig.endpoint);
    const answer = await fetch(to, { method, headers, ...(body && { body }) });
    return new Response(await answer.text(), { status: answer.status, headers: answer.headers });
  });
  onTestFinished(() => server.close());
  const clientConfig = { ...rig.stack.clientConfig, endpoint: server.url };
  const running = startKeyturn({ clientConfig }, 'restore', file, '-i', identityFile, '--yes');

  await asked.promise;
  running.child.kill('SIGINT');
  const { exitCode, stderr } = await running.ended();
  answered.resolve();

  expect({ exitCode, stderr }).toMatchObject({ exitCode: 130 });
  expect(at('AWSCURRENT')?.versionId).toBe(before);
  expect(ownLabels()).toEqual([]);
});

test.each([
  ['a rotated key', { SECRET_KEY: 'another-that-was-typed' }, 0],
  ['a key that nothing rotates', { STRIPE: 'one-of-another' }, 1],
])(
  'says that a rollback takes it back only where it would: %s',
  async (_what, values, exitCode) => {
    expect((await rig.rotate()).outcome).toBe('RotationSucceeded');
    const file = await backup();
    await overwrite(values);

    const { stdout } = await keyturn('restore', file, '-i', identityFile, '--yes');

    expect(stdout.includes('keyturn rollback')).toBe(exitCode === 0);
    expect(await keyturn('rollback', secret, '--yes')).toMatchObject({ exitCode });
    expect((await restore(file)).exitCode).toBe(0);
  },
);

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
