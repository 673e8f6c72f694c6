import { UpdateSecretVersionStageCommand } from '@aws-sdk/client-secrets-manager';
import { expect, onTestFinished, test } from 'vitest';
import { serveHttp } from '../../src/local/http-server.ts';
import { production } from '../../src/local/stack/environments.ts';
import { accepted, works } from '../stack/support.ts';
import { passOn } from './pass-on.ts';
import { usePublishedRig } from './published-rig.ts';
import { startKeyturn } from './start-keyturn.ts';

const { at, backup, identityFile, overwrite, restore, rig } = usePublishedRig();
const secret = production.secretName;

test('killed after any of its calls, it leaves AWSCURRENT working, and the next run ends it', async () => {
  const file = await backup();
  const restored = await rig().read();
  const calls = ['PutSecretValue', ...Array<string>(4).fill('UpdateSecretVersionStage')];

  for (const last of calls.keys()) {
    await overwrite({ SECRET_KEY: `overwritten-${last}` });
    const before = await rig().read();
    await killedAfter(file, last);
    const after = await rig().read();
    expect([before, restored]).toContainEqual(after);
    expect(await accepted(rig().stack, after)).toEqual(works);
  }

  await overwrite({ SECRET_KEY: 'overwritten-at-last' });
  expect((await restore(file)).exitCode).toBe(0);
  expect(await rig().read()).toEqual(restored);
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
    rig().client.send(new UpdateSecretVersionStageCommand({ ...move, ...to }));
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
    return passOn(request, body, rig().stack.clientConfig.endpoint);
  });
  onTestFinished(() => server.close());
  const clientConfig = { ...rig().stack.clientConfig, endpoint: server.url };
  const running = startKeyturn({ clientConfig }, 'restore', file, '-i', identityFile(), '--yes');

  await asked.promise;
  running.child.kill('SIGINT');
  const { exitCode, stderr } = await running.ended();
  answered.resolve();

  expect({ exitCode, stderr }).toMatchObject({ exitCode: 130 });
  expect(at('AWSCURRENT')?.versionId).toBe(before);
  expect(ownLabels()).toEqual([]);
});

/** Ends it, as a power cut would, when Secrets Manager has done its so-many-th write, from the first Put on. */
async function killedAfter(file: string, write: number) {
  const running = startKeyturn(rig().stack, 'restore', file, '-i', identityFile(), '--yes');
  let seen = 0;
  const stop = rig().stack.secretsManager.onCall(({ operation }) => {
    // What an earlier run left is taken off before the value is stored.
    if (!/^(Put|Update)/.test(operation) || (seen === 0 && operation !== 'PutSecretValue')) return;
    if (seen === write) running.child.kill('SIGKILL');
    seen += 1;
  });
  const { signal } = await running.ended();
  stop();
  expect({ write, signal }).toEqual({ write, signal: 'SIGKILL' });
}
