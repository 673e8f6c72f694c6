import { UpdateSecretVersionStageCommand } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { requireSecret } from '../../src/cli/find-secret.ts';
import { readCurrentValue } from '../../src/cli/publish/current-value.ts';
import { clearLeftovers } from '../../src/cli/publish/leftovers.ts';
import { publishProven } from '../../src/cli/publish/publish-proven.ts';
import { withSecretsManager } from '../../src/cli/secrets-manager.ts';
import { serveHttp } from '../../src/local/http-server.ts';
import { production } from '../../src/local/stack/environments.ts';
import { leaseUntil } from '../../src/rotation/rollback-lease.ts';
import { accepted, works } from '../stack/support.ts';
import { refusing } from './local-secrets.ts';
import { passOn } from './pass-on.ts';
import { usePublishedRig } from './published-rig.ts';
import { startKeyturn } from './start-keyturn.ts';
import { stubEnvironment } from './stub-environment.ts';

const { at, backup, identityFile, overwrite, rig } = usePublishedRig();
const secret = production.secretName;

/** A request to AWS: which, and what it holds. */
interface Asked {
  readonly operation: string;
  readonly body: string;
}

interface Way {
  /** Answers in place of the stack. */
  readonly before?: (asked: Asked) => Promise<Response | undefined>;
  /** Answers in place of what the stack said, which has been done. */
  readonly after?: (asked: Asked) => Promise<Response | undefined>;
}

/** A way to the stack on which answers get lost. */
async function wayOf({ before, after }: Way) {
  const { endpoint } = rig().stack.clientConfig;
  const server = await serveHttp(async (request) => {
    const body = await request.text();
    const operation = request.headers.get('x-amz-target')?.split('.')[1] ?? '';
    const early = await before?.({ operation, body });
    if (early) return early;
    const answered = await passOn(request, body, endpoint);
    return (await after?.({ operation, body })) ?? answered;
  });
  return { url: server.url, [Symbol.asyncDispose]: () => server.close() };
}

const lost = () => refusing('InternalServiceError', '', 500);

const isMove = ({ body }: Asked) => body.includes('"VersionStage":"AWSCURRENT"');

const labelsOn = (label: string) => at(label)?.stages ?? [];

const leasesOn = (label: string) =>
  labelsOn(label).filter((each) => each.startsWith('KEYTURN_UNDOING'));

const put = (
  VersionStage: string,
  to: { MoveToVersionId?: string | undefined; RemoveFromVersionId?: string },
) =>
  rig().client.send(new UpdateSecretVersionStageCommand({ SecretId: secret, VersionStage, ...to }));

/** What is current now, with another signing key. */
async function publication(SECRET_KEY: string) {
  const current = await readCurrentValue(await requireSecret(secret));
  const text = JSON.stringify({ ...(await rig().read()), SECRET_KEY });
  return { secret, current, value: { text } };
}

/** A label on what is superseded, and a value that is refused at once since something else is current. */
async function leftBehind() {
  const stale = await publication('from-before');
  const { versionId } = await publishProven(await publication('current-by-now'));
  const { versionId: MoveToVersionId } = at('AWSPREVIOUS') ?? {};
  await put('KEYTURN_PROPOSED', { MoveToVersionId });
  return { stale, versionId };
}

beforeEach(() => stubEnvironment(rig().stack));
afterEach(() => void vi.unstubAllEnvs());

describe('where AWS does not answer', () => {
  test('whether AWSCURRENT moved is said not to be known, and the lease stays', async () => {
    const base = at('AWSCURRENT')?.versionId;
    const wanted = await publication('moved-unheard');
    let hasMoved = false;
    await using way = await wayOf({
      before: async ({ operation }) =>
        hasMoved && operation === 'DescribeSecret' ? lost() : undefined,
      async after(asked) {
        if (!isMove(asked)) return undefined;
        hasMoved = true;
        return lost();
      },
    });
    vi.stubEnv('AWS_ENDPOINT_URL', way.url);

    const outcome = publishProven(wanted);

    await expect(outcome).rejects.toMatchObject({ code: 'UNREACHABLE' });
    const { versionId = '' } = at('AWSCURRENT') ?? {};
    expect(versionId).not.toBe(base);
    await expect(outcome).rejects.toThrow(`No answer tells whether ${versionId} is current`);
    expect(at('AWSPREVIOUS')?.versionId).toBe(base);
    expect(leasesOn('AWSPREVIOUS')).toHaveLength(1);

    vi.stubEnv('AWS_ENDPOINT_URL', rig().stack.clientConfig.endpoint);
    const found = await requireSecret(secret);
    await withSecretsManager((client) => clearLeftovers(client, found));
    expect([...leasesOn('AWSPREVIOUS'), at('KEYTURN_PROPOSED')]).toEqual([undefined]);
  });

  test('to the storing of the value, nothing of it keeps its label', async () => {
    const base = at('AWSCURRENT')?.versionId;
    const wanted = await publication('stored-unheard');
    let stored = 0;
    await using way = await wayOf({
      async after({ operation }) {
        if (operation !== 'PutSecretValue') return undefined;
        stored += 1;
        return lost();
      },
    });
    vi.stubEnv('AWS_ENDPOINT_URL', way.url);

    await expect(publishProven(wanted)).rejects.toMatchObject({ code: 'UNREACHABLE' });

    expect(stored).toBeGreaterThan(0);
    expect(at('KEYTURN_PROPOSED')).toBe(undefined);
    expect(at('AWSCURRENT')?.versionId).toBe(base);
  });
});

describe('KEYTURN_PROPOSED that an earlier run left', () => {
  test('is taken off, also where the value is refused at once', async () => {
    const { stale } = await leftBehind();

    await expect(publishProven(stale)).rejects.toMatchObject({ code: 'CURRENT_CHANGED' });

    expect(at('KEYTURN_PROPOSED')).toBe(undefined);
  });

  test.each([
    ['stays while a lease says that it is being tried', 60_000, true],
    ['is taken off when that lease has ended', -60_000, false],
  ])('%s', async (_what, ms, stays) => {
    const { stale, versionId } = await leftBehind();
    const proposed = at('KEYTURN_PROPOSED')?.versionId;
    const lease = `${leaseUntil(new Date(Date.now() + ms))}_${proposed?.slice(0, 8)}`;
    await put(lease, { MoveToVersionId: versionId });

    await expect(publishProven(stale)).rejects.toMatchObject({ code: 'CURRENT_CHANGED' });

    expect(at('KEYTURN_PROPOSED') !== undefined).toBe(stays);
    await put(lease, { RemoveFromVersionId: versionId });
  });
});

describe('when the value is current already', () => {
  test('one that died meanwhile and cannot be taken back is told of, with what mends it', async () => {
    const { SECRET_KEY, DB_PASSWORD } = await rig().read();
    await overwrite({ DB_PASSWORD: 'given-to-the-role-meanwhile' });
    const current = await readCurrentValue(await requireSecret(secret));
    const text = JSON.stringify({ ...(await rig().read()), SECRET_KEY, DB_PASSWORD });
    let moves = 0;
    await using way = await wayOf({
      async before(asked) {
        if (!isMove(asked)) return undefined;
        moves += 1;
        return moves > 1 ? refusing('AccessDeniedException', 'no') : undefined;
      },
      async after(asked) {
        if (!isMove(asked)) return undefined;
        const { stack } = rig();
        await stack.postgres.setPassword(production.dbUser, 'given-to-the-role-meanwhile');
        return undefined;
      },
    });
    vi.stubEnv('AWS_ENDPOINT_URL', way.url);

    const outcome = publishProven({ secret, current, value: { text } });

    await expect(outcome).rejects.toMatchObject({ code: 'NOT_TAKEN_BACK' });
    const { versionId = '' } = at('AWSCURRENT') ?? {};
    await expect(outcome).rejects.toThrow(`AWSCURRENT is still on ${versionId}`);
    await expect(outcome).rejects.toThrow(`keyturn repair ${secret}`);
    await expect(outcome).rejects.toThrow(/^DB_PASSWORD:/);
    expect(versionId).not.toBe(current.versionId);

    await overwrite({ DB_PASSWORD: 'given-to-the-role-meanwhile' });
    expect(await accepted(rig().stack, await rig().read())).toEqual(works);
  });

  test('Ctrl-C at the last look ends it, and says that the value is current', async () => {
    const file = await backup();
    await overwrite({ SECRET_KEY: 'overwritten-before-the-last-look' });
    const [asked, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let hasMoved = false;
    await using way = await wayOf({
      async before(each) {
        if (isMove(each)) hasMoved = true;
        if (!hasMoved || !each.body.includes('"inspect"')) return undefined;
        asked.resolve();
        await answered.promise;
        return lost();
      },
    });
    const clientConfig = { ...rig().stack.clientConfig, endpoint: way.url };
    const args = ['restore', file, '-i', identityFile(), '--yes', '--json'];
    const running = startKeyturn({ clientConfig }, ...args);

    await asked.promise;
    running.child.kill('SIGINT');
    const { exitCode, stdout, stderr } = await running.ended();
    answered.resolve();

    expect(exitCode).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ code: 'INTERRUPTED_PUBLISHED' });
    expect(stderr).toContain(`${at('AWSCURRENT')?.versionId} was current already`);
    expect(await rig().read()).not.toMatchObject({
      SECRET_KEY: 'overwritten-before-the-last-look',
    });
    expect([...leasesOn('AWSPREVIOUS'), at('KEYTURN_PROPOSED')]).toEqual([undefined]);
  });
});
