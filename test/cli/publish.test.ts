import {
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { publishProven } from '../../src/cli/publish/publish-proven.ts';
import { requireSecret } from '../../src/cli/find-secret.ts';
import { markedAmong } from '../../src/cli/publish/compromised-values.ts';
import { readCurrentValue } from '../../src/cli/publish/current-value.ts';
import { withValues } from '../../src/cli/publish/with-values.ts';
import { documentOf } from '../../src/cli/publish/stored-value.ts';
import { serveHttp } from '../../src/local/http-server.ts';
import { production } from '../../src/local/stack/environments.ts';
import { marksOf } from '../../src/rotation/compromised.ts';
import { accepted, startRig, works, type Rig } from '../stack/support.ts';
import { passOn } from './pass-on.ts';
import { stubEnvironment } from './stub-environment.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ grace: '1h' });
  stubEnvironment(rig.stack);
  await rig.rotate();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rig.stop();
});

const secret = production.secretName;
const at = (label: string) => rig.stack.secretsManager.inspect(secret, label);
const meanings = (keys: readonly { key: string; meaning: string }[]) =>
  Object.fromEntries(keys.map(({ key, meaning }) => [key, meaning]));

const put = (values: object) =>
  rig.client.send(
    new PutSecretValueCommand({ SecretId: secret, SecretString: JSON.stringify(values) }),
  );

/** A way to the stack that does something else before it tells what came of a request. */
async function whenAsked(moment: (body: string) => boolean, meanwhile: () => Promise<void>) {
  const { endpoint } = rig.stack.clientConfig;
  const server = await serveHttp(async (request) => {
    const body = await request.text();
    const answer = await passOn(request, body, endpoint);
    if (moment(body)) await meanwhile();
    return answer;
  });
  return {
    async run<R>(work: () => Promise<R>) {
      vi.stubEnv('AWS_ENDPOINT_URL', server.url);
      return work().finally(() => vi.stubEnv('AWS_ENDPOINT_URL', endpoint));
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}

const isMove = (body: string) => body.includes('"VersionStage":"AWSCURRENT"');

const isInspection = (body: string) => body.includes('"inspect"');

/** What is current now, with these values in it. */
async function valued(values: Readonly<Record<string, string | readonly string[]>>) {
  const found = await requireSecret(secret);
  const current = await readCurrentValue(found);
  const document = documentOf(current.value);
  if (!document) throw new Error('The stack has an object of keys.');
  const { text } = withValues({ name: found.name, document, values });
  return { secret, current, value: { text } };
}

const holderOf = (label: string) => at(label)?.versionId;

/** Nothing of what publishing needs stays behind. */
function expectTidy(): void {
  expect(at('KEYTURN_PROPOSED')).toBe(undefined);
  const labels = [at('AWSCURRENT'), at('AWSPREVIOUS')].flatMap((version) => version?.stages ?? []);
  expect(labels.filter((label) => label.startsWith('KEYTURN_UNDOING'))).toEqual([]);
}

afterEach(expectTidy);

describe('a value that a person gives', () => {
  test('is published where every system accepts it, and what was current is previous', async () => {
    const before = at('AWSCURRENT')?.versionId;

    const published = await publishProven(await valued({ SECRET_KEY: 'given-by-hand' }));

    expect(published.outcome).toBe('published');
    expect(meanings(published.keys)).toEqual({
      SECRET_KEY: 'works',
      DB_PASSWORD: 'works',
      TWILIO_AUTH_TOKEN: 'works',
    });
    expect(at('AWSCURRENT')?.versionId).toBe(published.versionId);
    expect(at('AWSPREVIOUS')?.versionId).toBe(before);
    expect(at('AWSPREVIOUS')?.stages.filter((label) => label.startsWith('KEYTURN_U'))).toEqual([]);
    expect(await rig.read()).toMatchObject({ SECRET_KEY: 'given-by-hand' });
    expect(await accepted(rig.stack, await rig.read())).toEqual(works);
  });

  test('is not where a key that works would be replaced by one that does not, forced or not', async () => {
    const before = await rig.read();
    for (const force of [false, true]) {
      const refused = await publishProven({
        ...(await valued({ DB_PASSWORD: 'not-the-password' })),
        force,
        unverified: true,
      });

      expect(refused.outcome).toBe('refused');
      expect(meanings(refused.keys)).toMatchObject({ DB_PASSWORD: 'breaks' });
    }
    expect(await rig.read()).toEqual(before);
  });

  test('is taken back where a credential dies while it is published', async () => {
    const working = await rig.read();
    const overwritten = { ...working, DB_PASSWORD: 'given-to-the-role-meanwhile' };
    await put(overwritten);
    const base = at('AWSCURRENT')?.versionId;
    const publication = await valued({ DB_PASSWORD: working.DB_PASSWORD });
    await using slowed = await whenAsked(isMove, () =>
      rig.stack.postgres.setPassword(production.dbUser, overwritten.DB_PASSWORD),
    );

    const refused = await slowed.run(() => publishProven(publication));

    expect(refused.outcome).toBe('refused');
    expect(meanings(refused.keys)).toMatchObject({ DB_PASSWORD: 'breaks' });
    expect(at('AWSCURRENT')?.versionId).toBe(base);
    expect(await accepted(rig.stack, await rig.read())).toEqual(works);
  });

  test('is not where a key of it is marked as compromised, forced or not', async () => {
    const before = await rig.read();
    const publication = await valued({ SECRET_KEY: 'known-to-somebody' });
    const { versionId } = await publishProven(publication);
    await put({ ...(await rig.read()), SECRET_KEY: 'a-fresh-one' });
    const [mark] = marksOf('SECRET_KEY');
    await rig.client.send(
      new UpdateSecretVersionStageCommand({
        SecretId: secret,
        VersionStage: mark,
        MoveToVersionId: versionId,
      }),
    );
    const again = { ...publication, ...(await valued({ SECRET_KEY: 'known-to-somebody' })) };

    const outcome = publishProven({ ...again, force: true, unverified: true });
    await expect(outcome).rejects.toMatchObject({ code: 'KEY_COMPROMISED' });
    const ofBackup = await valued({ SECRET_KEY: 'of-a-backup' });
    const marked = markedAmong([{ labels: [mark], value: ofBackup.value }]);
    const fromBackup = { ...ofBackup, marked };
    await expect(publishProven(fromBackup)).rejects.toMatchObject({ code: 'KEY_COMPROMISED' });

    expect(await rig.read()).toEqual({ ...before, SECRET_KEY: 'a-fresh-one' });
    const other = await publishProven(
      await valued({ TWILIO_ACCOUNT_SID: before.TWILIO_ACCOUNT_SID, NEW: 'x' }),
    );
    expect(other.outcome).toBe('published');
  });

  test('is not where it is among the earlier keys of a compromised one, as the key or in its list', async () => {
    const before = await rig.read();
    const leaked = await valued({
      SECRET_KEY: 'leaked',
      SECRET_KEY_FALLBACKS: ['older', 'oldest'],
    });
    const { versionId } = await publishProven(leaked);
    await put({ ...before, SECRET_KEY: 'fresh-again', SECRET_KEY_FALLBACKS: [] });
    const [VersionStage] = marksOf('SECRET_KEY');
    await rig.client.send(
      new UpdateSecretVersionStageCommand({
        SecretId: secret,
        VersionStage,
        RemoveFromVersionId: holderOf(VersionStage),
        MoveToVersionId: versionId,
      }),
    );
    const current = at('AWSCURRENT')?.versionId;

    for (const values of [
      { SECRET_KEY: 'older' },
      { SECRET_KEY_FALLBACKS: ['leaked'] },
      { SECRET_KEY_FALLBACKS: ['another', 'oldest'] },
    ]) {
      const outcome = publishProven({ ...(await valued(values)), force: true, unverified: true });
      await expect(outcome).rejects.toMatchObject({ code: 'KEY_COMPROMISED' });
    }
    expect(at('AWSCURRENT')?.versionId).toBe(current);
    const others = await valued({ SECRET_KEY: 'mine', SECRET_KEY_FALLBACKS: ['fresh-again'] });
    expect((await publishProven(others)).outcome).toBe('published');
  });

  test('is not where a rotation began while the systems were asked', async () => {
    const publication = await valued({ SECRET_KEY: 'too-slow' });
    const base = at('AWSCURRENT')?.versionId;
    const token = 'c'.repeat(32);
    await using slowed = await whenAsked(isInspection, async () => {
      rig.stack.secretsManager.beginRotation(secret, { token, functionArn: production.rotateArn });
    });

    await expect(slowed.run(() => publishProven(publication))).rejects.toMatchObject({
      code: 'ROTATION_IN_PROGRESS',
    });

    expect(at('AWSCURRENT')?.versionId).toBe(base);
    expect(at('AWSPENDING')?.versionId).toBe(token);
    expectTidy();
    await put(await rig.read());
  });

  test('is not beside a rotation that has begun', async () => {
    const publication = await valued({ SECRET_KEY: 'too-late' });
    const token = 'a'.repeat(32);
    rig.stack.secretsManager.beginRotation(secret, { token, functionArn: production.rotateArn });

    await expect(publishProven(publication)).rejects.toMatchObject({
      code: 'ROTATION_IN_PROGRESS',
    });
    expect(at('AWSPENDING')?.versionId).toBe(token);
    await rig.client.send(
      new PutSecretValueCommand({
        SecretId: secret,
        SecretString: JSON.stringify(await rig.read()),
      }),
    );
  });

  test('is not where AWSCURRENT has moved since it was read', async () => {
    const publication = await valued({ SECRET_KEY: 'from-before' });
    await publishProven(await valued({ SECRET_KEY: 'from-another' }));

    await expect(publishProven(publication)).rejects.toMatchObject({ code: 'CURRENT_CHANGED' });
    expect(await rig.read()).toMatchObject({ SECRET_KEY: 'from-another' });
  });
});
